package verify

import (
	"bytes"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/rules-pyc/rules_pyc/pyc"
	"github.com/rules-pyc/rules_pyc/pyc/pyrepr"
	"github.com/rules-pyc/rules_pyc/pyver"
)

// missing stands for what one side does not have.
const missing = "(none)"

// sides are a place and what both outcomes have there.
type sides struct {
	where, native, reference string
	line                     int32 // of the source; 0 if it is not known
}

// The number of bytes shown of long texts around the first difference.
const (
	shownBefore = 40
	shownAfter  = 120
)

// maxRepr is how much of the repr of a constant is looked at, in bytes.
const maxRepr = 1 << 20

func quote(s string, v pyver.Version) string { return string(pyrepr.AppendStr(nil, s, v)) }

func repr(o pyc.Object, v pyver.Version) string {
	return string(pyrepr.Append(nil, o, v, maxRepr))
}

// item describes a number of items by the one with an index.
func item(items []pyc.Object, i int, v pyver.Version) string {
	if i >= len(items) {
		return missing
	}
	return repr(items[i], v)
}

// clipped returns sides with texts that are cut to what lies around their first
// difference.
func clipped(where, native, reference string) *sides {
	same := 0
	for same < len(native) && same < len(reference) && native[same] == reference[same] {
		same++
	}
	return &sides{where: where, native: clip(native, same), reference: clip(reference, same)}
}

// clip returns the part of a text around an offset.
func clip(s string, at int) string {
	if len(s) <= shownBefore+shownAfter {
		return s
	}
	start, end := max(at-shownBefore, 0), min(at+shownAfter, len(s))
	for start > 0 && !utf8.RuneStart(s[start]) {
		start--
	}
	for end < len(s) && !utf8.RuneStart(s[end]) {
		end++
	}
	cut := s[start:end]
	if start > 0 {
		cut = "…" + cut
	}
	if end < len(s) {
		cut += "…"
	}
	return cut
}

// firstBytes shows where bytes that are not equal differ first.
func firstBytes(native, reference []byte) *sides {
	const before, after = 4, 12
	at := 0
	for at < len(native) && at < len(reference) && native[at] == reference[at] {
		at++
	}
	start := max(at-before, 0)
	show := func(b []byte) string {
		part := b[start:min(at+after, len(b))]
		return fmt.Sprintf("% x (%d bytes in all)", part, len(b))
	}
	return &sides{where: fmt.Sprintf("byte %d", at), native: show(native), reference: show(reference)}
}

// bytesOf returns what the object holds.
func bytesOf(b *pyc.Bytes) []byte {
	if b == nil {
		return nil
	}
	return b.Value
}

func sameBytes(a, b *pyc.Bytes) bool { return bytes.Equal(bytesOf(a), bytesOf(b)) }

// textOf returns what the object holds.
func textOf(s *pyc.Str) string {
	if s == nil {
		return ""
	}
	return s.Value
}

// itemsOf returns what the object holds.
func itemsOf(t *pyc.Tuple) []pyc.Object {
	if t == nil {
		return nil
	}
	return t.Items
}

// slotPath returns the path of a slot of the object with a path.
func slotPath(path, slot string) string {
	return strings.TrimPrefix(path+"."+slot, ".")
}

// itemPath returns the path of an item of the object with a path.
func itemPath(path string, i int) string { return fmt.Sprintf("%s[%d]", path, i) }
