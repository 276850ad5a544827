package worker_test

import (
	"context"
	"fmt"
	"os"
	"strings"

	"github.com/rules-pyc/rules_pyc/compiler"
)

// A scripted is a compiler whose code is what it was asked for. The first word
// of the source says what else it does.
type scripted struct {
	tag string // part of the code
	// block is what sources "block" wait for, beside the end of the context.
	block chan struct{}
}

// Compile implements compiler.Compiler.
func (c scripted) Compile(ctx context.Context, source []byte, o compiler.Options) (*compiler.Result, error) {
	result := &compiler.Result{Code: fmt.Appendf(nil, "%s%s %v %d\n%s", c.tag, o.Filename, o.Version, o.Optimize, source)}
	word, _, _ := strings.Cut(string(source), "\n")
	switch word {
	case "print":
		fmt.Println("a stray print")
		os.Stdout.WriteString("and a write\n")
	case "warn":
		result.Warnings = []compiler.Warning{
			{Category: "SyntaxWarning", Message: `"is" with 'int' literal`, Filename: o.Filename, Line: 2, Text: "x is 1"},
			{Category: "DeprecationWarning", Message: "hm", Filename: o.Filename, Line: 3},
		}
	case "panic":
		panic("the compiler was told to")
	case "block":
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("compiling %s: %w", o.Filename, ctx.Err())
		case <-c.block:
		}
	case "bad":
		return nil, &compiler.SyntaxError{
			Class: "SyntaxError", Message: "invalid syntax", Filename: o.Filename, Line: 1, Offset: 1, EndLine: 1, EndOffset: 4, Text: "bad",
			Rendered: fmt.Sprintf("  File %q, line 1\n    bad\n    ^^^\nSyntaxError: invalid syntax\n", o.Filename),
		}
	case "null":
		return nil, &compiler.SyntaxError{
			Class: "SyntaxError", Message: "source code string cannot contain null bytes", Filename: o.Filename,
			Rendered: fmt.Sprintf("SyntaxError: source code string cannot contain null bytes (%s)\n", o.Filename),
		}
	case "value":
		return nil, &compiler.SyntaxError{Class: "ValueError", Message: "no", Filename: o.Filename, Rendered: "ValueError: no\n"}
	case "broken":
		return nil, fmt.Errorf("compiling %s: the interpreter is gone", o.Filename)
	}
	return result, nil
}
