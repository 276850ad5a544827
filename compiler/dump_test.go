package compiler_test

import (
	"bytes"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/rules-pyc/rules_pyc/compiler"
	"github.com/rules-pyc/rules_pyc/pyver"
)

// TestDumpAST compares syntax trees with those that CPythons wrote into
// testdata/ast.
func TestDumpAST(t *testing.T) {
	paths, err := filepath.Glob("testdata/ast/*.txtar")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no archives in testdata/ast: %v", err)
	}
	for _, path := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(path)
			if err != nil {
				t.Fatal(err)
			}
			versions := 0
			src := archive.Files[0].Data
			for _, f := range archive.Files[1:] {
				for _, name := range strings.Fields(f.Name) {
					v, err := pyver.Parse(name)
					if err != nil {
						t.Fatal(err)
					}
					versions++
					t.Run(name, func(t *testing.T) { checkDump(t, src, v, string(f.Data)) })
				}
			}
			if versions != len(pyver.All()) {
				t.Errorf("the archive has %d versions; want %d", versions, len(pyver.All()))
			}
		})
	}
}

func checkDump(t *testing.T, src []byte, v pyver.Version, want string) {
	t.Helper()
	got, err := compiler.Dump(nil, src, compiler.Options{Version: v, Filename: "in.py"}, compiler.StageAST)
	var refused *compiler.SyntaxError
	if errors.As(err, &refused) {
		if diff := cmp.Diff(want, errorText(refused)); diff != "" {
			t.Errorf("error (-CPython +ours):\n%s", diff)
		}
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	// The archive has the statements alone, a line each.
	text := strings.ReplaceAll(strings.TrimSuffix(want, "\n"), "\n", ", ")
	empty := ""
	if !v.Has(pyver.DumpOmitsEmptyLists) {
		empty = ", type_ignores=[]"
	}
	want = "Module(body=[" + text + "]" + empty + ")"
	if !bytes.Equal(got, []byte(want)) {
		i := 0
		for i < len(got) && i < len(want) && got[i] == want[i] {
			i++
		}
		start := max(0, i-100)
		t.Errorf("got  …%s\nwant …%s", got[start:min(len(got), i+100)], want[start:min(len(want), i+100)])
	}
}

// errorText writes an error as the generator of the archives does.
func errorText(e *compiler.SyntaxError) string {
	return fmt.Sprintf("%s: %s\n%s\n%s\n", e.Class, e.Message, position(e), pythonText(e.Text))
}

func position(e *compiler.SyntaxError) string {
	if e.Line == 0 && e.Class == "ValueError" {
		return "[None, None, None, None]"
	}
	if e.Line == 0 && e.Offset < 0 {
		return "[0, -1, None, None]"
	}
	return fmt.Sprintf("[%d, %d, %d, %d]", e.Line, e.Offset, e.EndLine, e.EndOffset)
}

func pythonText(s string) string {
	if s == "" {
		return "None"
	}
	if strings.Contains(s, "'") && !strings.Contains(s, `"`) {
		return `"` + strings.NewReplacer("\n", `\n`, "\t", `\t`, `\`, `\\`).Replace(s) + `"`
	}
	return "'" + strings.NewReplacer("\n", `\n`, "\t", `\t`, `\`, `\\`, "'", `\'`).Replace(s) + "'"
}

// TestDumpTokens shows the form of the tokens.
func TestDumpTokens(t *testing.T) {
	const src = "if a:\n  f'x{b!r}'\n"
	const want = `1,0-1,2	NAME	"if"
1,3-1,4	NAME	"a"
1,4-1,5	COLON	":"
1,5-1,6	NEWLINE	"\n"
2,0-2,2	INDENT	"  "
2,2-2,4	FSTRING_START	"f'"
2,4-2,5	FSTRING_MIDDLE	"x"
2,5-2,6	LBRACE	"{"
2,6-2,7	NAME	"b"
2,7-2,8	EXCLAMATION	"!"
2,8-2,9	NAME	"r"
2,9-2,10	RBRACE	"}"
2,10-2,11	FSTRING_END	"'"
2,11-2,12	NEWLINE	"\n"
2,12-2,12	DEDENT	""
2,12-2,12	ENDMARKER	""
`
	got, err := compiler.Dump(nil, []byte(src), compiler.Options{Version: pyver.Default}, compiler.StageTokens)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("tokens (-want +got):\n%s", diff)
	}
}

// FuzzDump feeds the front half any bytes: it answers, for every version, with
// a tree or with an error about the source.
func FuzzDump(f *testing.F) {
	paths, err := filepath.Glob("testdata/ast/*.txtar")
	if err != nil {
		f.Fatal(err)
	}
	for _, path := range paths {
		archive, err := txtar.ParseFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(archive.Files[0].Data)
	}
	for _, text := range []string{"", "\\", "\x00", "f'{", "'\\N{", "\xef\xbb\xbf# coding: latin-1", strings.Repeat("-", 10000), strings.Repeat("(", 300)} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		for _, v := range pyver.All() {
			_, err := compiler.Dump(nil, src, compiler.Options{Version: v, Filename: "fuzz.py"}, compiler.StageAST)
			var refused *compiler.SyntaxError
			if err != nil && !errors.As(err, &refused) {
				t.Errorf("%v: %v", v, err)
			}
		}
	})
}
