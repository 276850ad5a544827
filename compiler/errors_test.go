package compiler_test

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rules-pyc/rules_pyc/compiler"
	"github.com/rules-pyc/rules_pyc/pyver"
)

// TestErrors compares the errors of sources in which several things are wrong
// with what testdata/errors/cases.py got from interpreters.
func TestErrors(t *testing.T) {
	committed(t, "errors", compareErrors)
}

// TestConfirmErrors asks the interpreters.
func TestConfirmErrors(t *testing.T) {
	confirmed(t, "errors", compareErrors)
}

// An errorRow is what is compared of an answer: a tree, or the attributes of an
// error, where what is unknown is zero.
type errorRow struct {
	Tree, Class, Message, Text       string
	Printed                          string
	Line, Offset, EndLine, EndOffset int
}

func compareErrors(t *testing.T, v pyver.Version, content []byte) {
	t.Helper()
	var cases [][2]json.RawMessage
	if err := json.Unmarshal(content, &cases); err != nil || len(cases) == 0 {
		t.Fatalf("%d cases: %v", len(cases), err)
	}
	for _, c := range cases {
		var digits string
		var want errorRow
		err := json.Unmarshal(c[0], &digits)
		if err == nil && c[1][0] == '"' {
			err = json.Unmarshal(c[1], &want.Tree)
		} else if err == nil {
			err = json.Unmarshal(c[1], &[]any{
				&want.Class, &want.Message, &want.Line, &want.Offset, &want.EndLine, &want.EndOffset, &want.Text, &want.Printed,
			})
		}
		src, hexErr := hex.DecodeString(digits)
		if err := errors.Join(err, hexErr); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, errorAnswer(src, v)); diff != "" {
			t.Errorf("%q (-CPython +ours):\n%s", src, diff)
		}
	}
}

func errorAnswer(src []byte, v pyver.Version) errorRow {
	tree, err := compiler.Dump(nil, src, compiler.Options{Version: v, Filename: "x.py"}, compiler.StageAST)
	var e *compiler.SyntaxError
	switch {
	case errors.As(err, &e):
		return errorRow{
			Class: e.Class, Message: e.Message, Text: e.Text, Printed: e.Rendered,
			Line: e.Line, Offset: e.Offset, EndLine: e.EndLine, EndOffset: e.EndOffset,
		}
	case err != nil:
		return errorRow{Message: err.Error()}
	}
	return errorRow{Tree: strings.TrimSuffix(string(tree), "\n")}
}
