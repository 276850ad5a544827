package conformance

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/rules-pyc/rules_pyc/pyc"
	"github.com/rules-pyc/rules_pyc/pyc/dis"
	"github.com/rules-pyc/rules_pyc/pyc/pyrepr"
	"github.com/rules-pyc/rules_pyc/pyver"
)

// codeDifference names the first code object of two modules that differs, and
// what of it: its instructions before its tables, and values before identities.
func codeDifference(got, want []byte, v pyver.Version) string {
	g, gerr := pyc.Read(got, v)
	w, werr := pyc.Read(want, v)
	if gerr != nil || werr != nil {
		return fmt.Sprintf("reading ours: %v; theirs: %v", gerr, werr)
	}
	gs, ws := slices.Collect(pyc.Codes(g)), slices.Collect(pyc.Codes(w))
	for i := range min(len(gs), len(ws)) {
		a, b := facts(gs[i], v), facts(ws[i], v)
		for k := range a {
			if a[k].text != b[k].text {
				return fmt.Sprintf("code object %d of %d, %s at line %d: %s:\n%s", i, len(ws), ws[i].QualName.Value, ws[i].FirstLine,
					a[k].name, lineDifference(a[k].text, b[k].text))
			}
		}
	}
	i := 0
	for i < len(got) && i < len(want) && got[i] == want[i] {
		i++
	}
	start := max(0, i-60)
	return fmt.Sprintf("%d and %d code objects; bytes at %d of %d and %d:\ngot  %q\nwant %q", len(gs), len(ws), i, len(got), len(want),
		got[start:min(i+40, len(got))], want[start:min(i+40, len(want))])
}

type fact struct{ name, text string }

// facts are what a code object is made of, as text, what explains most first.
func facts(c *pyc.Code, v pyver.Version) []fact {
	var instructions strings.Builder
	list, err := dis.Instructions(c, v)
	for _, in := range list {
		fmt.Fprintf(&instructions, "%v\n", in)
	}
	if err != nil {
		fmt.Fprintln(&instructions, err)
	}
	var handlers bytes.Buffer
	for h, err := range dis.Handlers(c) {
		fmt.Fprintln(&handlers, h, err)
	}
	return []fact{
		{"names", listing(c.Names.Items, v)},
		{"variables", fmt.Sprintf("%s %x", listing(c.LocalsPlusNames.Items, v), c.LocalsPlusKinds.Value)},
		{"constants", listing(c.Consts.Items, v)},
		{"instructions", instructions.String()},
		{"bytecode", fmt.Sprintf("%x", c.Bytecode.Value)},
		{"handlers", handlers.String()},
		{"shape", fmt.Sprintf("%s %s %d args, %d, %d; stack %d; flags %x; line %d", c.Name.Value, c.QualName.Value, c.ArgCount,
			c.PosOnlyArgCount, c.KwOnlyArgCount, c.StackSize, c.Flags, c.FirstLine)},
		{"line table", fmt.Sprintf("%x", c.LineTable.Value)},
		{"exception table", fmt.Sprintf("%x", c.ExceptionTable.Value)},
	}
}

// listing writes objects, a line each.
func listing(items []pyc.Object, v pyver.Version) string {
	var b []byte
	for _, o := range items {
		if code, ok := o.(*pyc.Code); ok {
			b = fmt.Appendf(b, "code %s at line %d", code.QualName.Value, code.FirstLine)
		} else {
			b = pyrepr.Append(b, o, v, 1<<16)
		}
		b = append(b, '\n')
	}
	return string(b)
}

// lineDifference shows the first line where two texts differ.
func lineDifference(got, want string) string {
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	i := 0
	for i < len(g) && i < len(w) && g[i] == w[i] {
		i++
	}
	const before, after = 4, 3
	start := max(0, i-before)
	return fmt.Sprintf("line %d, after %q\ngot  %q\nwant %q", i, g[start:min(i, len(g))], g[min(i, len(g)):min(i+after, len(g))], w[min(i, len(w)):min(i+after, len(w))])
}
