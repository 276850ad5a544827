package symtable

import (
	"slices"
	"strconv"
	"strings"

	"github.com/rules-pyc/rules_pyc/compiler/internal/names"
)

var blockNames = [...]string{"function", "class", "module", "annotation", "alias", "parameters", "variable"}

// String returns the word for the kind of block.
func (t BlockType) String() string { return blockNames[t] }

// Dump appends the table as text, one line for each scope, inner ones behind
// outer ones. Names that a scope only passes on are sorted. Scopes of annotations
// that are as good as empty are left out, as functions without annotations have
// none here.
func (t *Table) Dump(dst []byte) []byte { return t.dumpScope(dst, t.Top, 0) }

func (t *Table) dumpScope(dst []byte, s *Scope, depth int) []byte {
	dst = strconv.AppendInt(dst, int64(depth), 10)
	dst = append(dst, ' ')
	dst = append(dst, s.Type.String()...)
	dst = append(dst, ' ')
	dst = append(dst, t.names.Text(s.Name)...)
	dst = append(dst, " line="...)
	dst = strconv.AppendInt(dst, int64(s.Loc.Start.Line), 10)
	dst = append(dst, " nested="...)
	dst = append(dst, pythonBool(s.Nested())...)
	dst = append(dst, " params="...)
	dst = append(dst, strings.Join(t.texts(s.VarNames), ",")...)
	dst = append(dst, ' ')
	dst = append(dst, strings.Join(t.symbolTexts(s), " ")...)
	dst = append(dst, '\n')
	for _, child := range s.Children {
		if child.Type != Annotation || !t.isBare(child) {
			dst = t.dumpScope(dst, child, depth+1)
		}
	}
	return dst
}

// isBare reports whether a scope of annotations has only what all have.
func (t *Table) isBare(s *Scope) bool {
	for _, sym := range s.symbols {
		if name := t.names.Text(sym.Name); name != ".format" && name != "__classdict__" {
			return false
		}
	}
	return len(s.Children) == 0
}

// symbolTexts returns each symbol as its name, flags and place.
func (t *Table) symbolTexts(s *Scope) []string {
	var own, passed []string
	for _, sym := range s.symbols {
		text := t.names.Text(sym.Name) + "=0x" + strconv.FormatInt(int64(sym.Flags.Defs()), 16) + "/" + strconv.Itoa(int(sym.Flags.Place()))
		if sym.Flags.Defs()&^(DefFreeClass|DefCompCell) != 0 {
			own = append(own, text)
		} else {
			passed = append(passed, text)
		}
	}
	slices.Sort(passed)
	return append(own, passed...)
}

func (t *Table) texts(ids []names.ID) []string {
	var texts []string
	for _, id := range ids {
		texts = append(texts, t.names.Text(id))
	}
	return texts
}

func pythonBool(b bool) string {
	if b {
		return "True"
	}
	return "False"
}
