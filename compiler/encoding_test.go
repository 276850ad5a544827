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

// TestEncodings compares the trees and errors of sources in all sorts of
// encodings with what testdata/encodings/cases.py got from interpreters.
func TestEncodings(t *testing.T) {
	committed(t, "encodings", compareEncodings)
}

// TestConfirmEncodings asks the interpreters.
func TestConfirmEncodings(t *testing.T) {
	confirmed(t, "encodings", compareEncodings)
}

func compareEncodings(t *testing.T, v pyver.Version, content []byte) {
	t.Helper()
	var cases [][2]any
	if err := json.Unmarshal(content, &cases); err != nil {
		t.Fatal(err)
	}
	equal := 0
	for _, c := range cases {
		digits, _ := c[0].(string)
		src, err := hex.DecodeString(digits)
		if err != nil {
			t.Fatal(err)
		}
		got, want := encodingAnswer(t, src, v), goldenAnswer(c[1])
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q (-CPython +ours):\n%s", src, diff)
			continue
		}
		equal++
	}
	t.Logf("%d of %d equal", equal, len(cases))
	if equal < 90 {
		t.Errorf("only %d answers were compared", equal)
	}
}

// goldenAnswer is a tree as text, or an error with its attributes as JSON.
func goldenAnswer(answer any) string {
	if tree, ok := answer.(string); ok {
		return tree
	}
	row, _ := answer.([]any)
	for i, attribute := range row {
		switch {
		case attribute != nil:
		case i == len(row)-1:
			row[i] = ""
		default:
			row[i] = 0
		}
	}
	text, _ := json.Marshal(row)
	return string(text)
}

// encodingAnswer is ours in the form of goldenAnswer.
func encodingAnswer(t *testing.T, src []byte, v pyver.Version) string {
	t.Helper()
	tree, err := compiler.Dump(nil, src, compiler.Options{Version: v}, compiler.StageAST)
	var e *compiler.SyntaxError
	switch {
	case errors.As(err, &e):
		message := e.Message
		if e.Class == "UnicodeDecodeError" {
			message = "(unicode error) " + message
		}
		text, _ := json.Marshal([]any{message, e.Line, e.Offset, e.EndLine, e.EndOffset, e.Text})
		return string(text)
	case err != nil:
		return err.Error()
	}
	return strings.TrimSuffix(string(tree), "\n")
}
