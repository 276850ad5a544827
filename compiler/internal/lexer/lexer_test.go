package lexer

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rules-pyc/rules_pyc/compiler/internal/names"
	"github.com/rules-pyc/rules_pyc/compiler/internal/source"
	"github.com/rules-pyc/rules_pyc/compiler/internal/token"
	"github.com/rules-pyc/rules_pyc/pyver"
)

func scan(t *testing.T, v pyver.Version, src string) Result {
	t.Helper()
	f, err := source.Decode("test.py", []byte(src), pyver.Default)
	if err != nil {
		t.Fatal(err)
	}
	var table names.Table
	table.Reset()
	return New(v).Scan(f, &table)
}

// TestScan tells which tokens a version has.
func TestScan(t *testing.T) {
	for _, c := range []struct {
		version pyver.Version
		src     string
		want    string
	}{
		{pyver.V314, "", "ENDMARKER"},
		{pyver.V314, "\n# comment\n\n", "ENDMARKER"},
		{pyver.V314, "a\n", "NAME NEWLINE ENDMARKER"},
		{pyver.V314, "a", "NAME NEWLINE ENDMARKER"},
		{pyver.V314, "if a:\n  b\n\n c", "NAME NAME COLON NEWLINE INDENT NAME NEWLINE ERRORTOKEN"},
		{pyver.V314, "(a\n\n b)", "LPAR NAME NAME RPAR NEWLINE ENDMARKER"},
		{pyver.V314, "a = \\\n b", "NAME EQUAL NAME NEWLINE ENDMARKER"},
		{pyver.V314, "1_000.5e-3j 0xF .5 1..a", "NUMBER NUMBER NUMBER NUMBER DOT NAME NEWLINE ENDMARKER"},
		{pyver.V314, "**= // -> := ... >>= @", "DOUBLESTAREQUAL DOUBLESLASH RARROW COLONEQUAL ELLIPSIS RIGHTSHIFTEQUAL AT NEWLINE ENDMARKER"},
		{pyver.V311, "f'{a}'", "STRING NEWLINE ENDMARKER"},
		{pyver.V312, "f'{a}'", "FSTRING_START LBRACE NAME RBRACE FSTRING_END NEWLINE ENDMARKER"},
		{pyver.V313, "t'{a}'", "NAME STRING NEWLINE ENDMARKER"},
		{pyver.V314, "t'{a}'", "TSTRING_START LBRACE NAME RBRACE TSTRING_END NEWLINE ENDMARKER"},
		{pyver.V314, "f'a{{b{c!r:>{d}}'", "FSTRING_START FSTRING_MIDDLE FSTRING_MIDDLE LBRACE NAME EXCLAMATION NAME COLON FSTRING_MIDDLE LBRACE NAME RBRACE FSTRING_MIDDLE RBRACE FSTRING_END NEWLINE ENDMARKER"},
		{pyver.V313, "a <> b", "NAME NOTEQUAL NAME NEWLINE ENDMARKER"},
		{pyver.V314, "a <> b", "NAME LESS GREATER NAME NEWLINE ENDMARKER"},
	} {
		t.Run(c.version.String()+" "+c.src, func(t *testing.T) {
			var kinds []string
			for _, tok := range scan(t, c.version, c.src).Tokens {
				kinds = append(kinds, tok.Kind.String())
			}
			if diff := cmp.Diff(c.want, strings.Join(kinds, " ")); diff != "" {
				t.Errorf("kinds (-want +got):\n%s", diff)
			}
		})
	}
}

// FuzzScan checks the invariants of tokens.
func FuzzScan(f *testing.F) {
	for _, s := range []string{"if a:\n\tb\n", "f'{a:{b}}'", "'''\n", "\\\n", "((\n", "\f a", "é = 1", "a\xff '\xff' f'\xff{\xff}'"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, src string) {
		var table names.Table
		table.Reset()
		for _, v := range pyver.All() {
			file, err := source.Decode("fuzz.py", []byte(src), v)
			if err != nil {
				continue
			}
			checkTokens(t, New(v).Scan(file, &table))
		}
	})
}

func checkTokens(t *testing.T, r Result) {
	t.Helper()
	depth, end := 0, uint32(0)
	for i, tok := range r.Tokens {
		if tok.Kind == token.Error {
			break // it is where the error is
		}
		if tok.End < tok.Off || tok.Off < end && !tok.Kind.IsLayout() {
			t.Fatalf("token %d goes back: %+v", i, tok)
		}
		end = max(end, tok.End)
		switch tok.Kind {
		case token.Indent:
			depth++
		case token.Dedent:
			depth--
		}
	}
	last := r.Tokens[len(r.Tokens)-1].Kind
	if last != token.EndMarker && last != token.Error {
		t.Fatalf("the last token is %v", last)
	}
	if last == token.EndMarker && depth != 0 {
		t.Fatalf("%d blocks are left open", depth)
	}
	if (last == token.Error) != (r.Err != nil) {
		t.Fatalf("the last token is %v and the error %v", last, r.Err)
	}
}
