package unidata_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/rules-pyc/rules_pyc/compiler/internal/unidata"
	"github.com/rules-pyc/rules_pyc/pyver"
)

// A golden is what testdata/generate.py found in one interpreter. Digests are
// one a plane, of all planes or, for ideographs, of those that have any.
type golden struct {
	Python, Unicode string
	Start           []string
	Continue        []string
	NFKC            []string
	CJK, Tangut     []string
	Named           []string
	Texts           [][2]string
	Names           []nameGolden
}

type nameGolden struct {
	name string
	code rune // -1 when the name is none
}

func (n *nameGolden) UnmarshalJSON(data []byte) error {
	return json.Unmarshal(data, &[]any{&n.name, &n.code})
}

func readGolden(t *testing.T, v pyver.Version) (*unidata.Tables, golden) {
	t.Helper()
	content, err := os.ReadFile(filepath.Join("testdata", v.String()+".json"))
	if err != nil {
		t.Fatal(err)
	}
	var g golden
	if err := json.Unmarshal(content, &g); err != nil {
		t.Fatal(err)
	}
	return unidata.For(v), g
}

// digests returns the SHA-256 of what say says of the code points of each of the
// first planes.
func digests(planes int, say func(b []byte, r rune) []byte) []string {
	var found []string
	for plane := range rune(planes) {
		var b []byte
		for r := plane << 16; r < (plane+1)<<16; r++ {
			b = say(b, r)
		}
		sum := sha256.Sum256(b)
		found = append(found, hex.EncodeToString(sum[:]))
	}
	return found
}

func is(property func(rune) bool) func([]byte, rune) []byte {
	return func(b []byte, r rune) []byte {
		if property(r) {
			return append(b, '1')
		}
		return append(b, '0')
	}
}

func TestPlanes(t *testing.T) {
	for _, v := range pyver.All() {
		t.Run(v.String(), func(t *testing.T) {
			tables, g := readGolden(t, v)
			if tables.Unicode() != g.Unicode {
				t.Errorf("Unicode() = %s, want %s", tables.Unicode(), g.Unicode)
			}
			named := namesByCode(t, tables)
			derived := func(prefix string) func([]byte, rune) []byte {
				return is(func(r rune) bool {
					got, ok := tables.LookupName(hexName(prefix, r))
					return ok && got == r
				})
			}
			for name, tt := range map[string]struct {
				want []string
				say  func([]byte, rune) []byte
			}{
				"start":    {g.Start, is(tables.IsStart)},
				"continue": {g.Continue, is(tables.IsContinue)},
				"nfkc": {g.NFKC, func(b []byte, r rune) []byte {
					if !utf8.ValidRune(r) {
						return b
					}
					return append(append(b, tables.NFKC(string(r))...), '\n')
				}},
				"cjk":    {g.CJK, derived("CJK UNIFIED IDEOGRAPH-")},
				"tangut": {g.Tangut, derived("TANGUT IDEOGRAPH-")},
				"named": {g.Named, func(b []byte, r rune) []byte {
					if name := named[r]; name != "" {
						b = append(append(b, name...), '\n')
					}
					return b
				}},
			} {
				if len(tt.want) == 0 {
					t.Errorf("%s: the golden has no digests", name)
				}
				if diff := cmp.Diff(tt.want, digests(len(tt.want), tt.say)); diff != "" {
					t.Errorf("%s: digests of planes differ (-interpreter +ours):\n%s", name, diff)
				}
			}
		})
	}
}

// namesByCode returns the name of each character that the version has a listed
// name for.
func namesByCode(t *testing.T, tables *unidata.Tables) map[rune]string {
	t.Helper()
	names := map[rune]string{}
	for _, n := range listedNames(t) {
		if r, ok := tables.LookupName(n.text); ok && !n.alias {
			names[r] = n.text
		}
	}
	return names
}

func TestNFKCTexts(t *testing.T) {
	for _, v := range pyver.All() {
		t.Run(v.String(), func(t *testing.T) {
			tables, g := readGolden(t, v)
			for _, text := range g.Texts {
				if got := tables.NFKC(text[0]); got != text[1] {
					t.Errorf("NFKC(%+q) = %+q, want %+q", text[0], got, text[1])
				}
			}
		})
	}
}

func TestNames(t *testing.T) {
	for _, v := range pyver.All() {
		t.Run(v.String(), func(t *testing.T) {
			tables, g := readGolden(t, v)
			for _, want := range g.Names {
				got, ok := tables.LookupName(want.name)
				if !ok {
					got = -1
				}
				if got != want.code {
					t.Errorf("LookupName(%q) = %X, want %X", want.name, got, want.code)
				}
			}
		})
	}
}

func TestNFKCBytes(t *testing.T) {
	tables := unidata.For(pyver.Last)
	for in, want := range map[string]string{
		"a\xff":              "a\xff",
		"\xff\u0301":         "\xff\u0301",
		"e\xff\u0301":        "e\xff\u0301",
		"\xed\xa0\x80ﬁ":      "\xed\xa0\x80fi", // a surrogate half
		"\ufffde\u0301":      "\ufffd\u00e9",
		"e\u0301\xcc":        "\u00e9\xcc",
		"\xe2\x84\ufb01\x80": "\xe2\x84fi\x80",
	} {
		if got := tables.NFKC(in); got != want {
			t.Errorf("NFKC(%+q) = %+q, want %+q", in, got, want)
		}
	}
}

func TestNoCodePoint(t *testing.T) {
	for _, v := range pyver.All() {
		tables := unidata.For(v)
		for _, r := range []rune{-1, -0x41, utf8.MaxRune + 1, 1 << 30, -1 << 31} {
			if tables.IsStart(r) || tables.IsContinue(r) {
				t.Errorf("%v: %#x has a property", v, r)
			}
		}
	}
}

func TestNoVersion(t *testing.T) {
	for _, v := range []pyver.Version{0, pyver.First - 1, pyver.Last + 1} {
		if unidata.For(v) != nil {
			t.Errorf("For(%d) has tables", v)
		}
	}
}

func TestNormalTextIsNotCopied(t *testing.T) {
	tables := unidata.For(pyver.Last)
	text := strings.Repeat("name_1 größe 名前 переменная 한글 ", 4)
	if n := testing.AllocsPerRun(10, func() { tables.NFKC(text) }); n != 0 {
		t.Errorf("NFKC of normal text allocates %v times", n)
	}
	name := "Latin Small Letter A"
	if n := testing.AllocsPerRun(10, func() { tables.LookupName(name) }); n != 0 {
		t.Errorf("LookupName allocates %v times", n)
	}
}

type listedName struct {
	text  string
	alias bool
}

// listedNames returns the names and aliases that the tables are made from.
func listedNames(t *testing.T) []listedName {
	t.Helper()
	var names []listedName
	for _, line := range dataLines(t, "names.txt") {
		// The set of versions, the kind, the code point and the name.
		fields := strings.SplitN(line, " ", 4)
		names = append(names, listedName{text: fields[3], alias: fields[1] == "alias"})
	}
	return names
}

// dataLines returns the lines of a file of facts, without its comments.
func dataLines(t *testing.T, name string) []string {
	t.Helper()
	content, err := os.ReadFile(filepath.Join("data", name))
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSuffix(string(content), "\n"), "\n")
	return slices.DeleteFunc(lines, func(line string) bool { return strings.HasPrefix(line, "#") })
}

func hexName(prefix string, r rune) string { return fmt.Sprintf("%s%04X", prefix, r) }
