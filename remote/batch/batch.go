// Package batch has several modules compiled by one run of a program: what is
// to be compiled and what came of it are files, so that the run may be an
// action of a remote executor.
//
// The program finds these files in its working directory:
//
//	request.json   a Request
//	src/N.py       the sources, numbered as the Request says
//
// and writes these:
//
//	result.json    a Response
//	N.pyc          for each module N that was compiled, with an
//	               unchecked-hash header
//
// A module that does not compile is a result like any other: the program ends
// with exit code 0, so that executors keep the outcome.
package batch

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"strconv"

	"golang.org/x/sync/errgroup"

	"github.com/rules-pyc/rules_pyc/compiler"
	"github.com/rules-pyc/rules_pyc/pyc"
	"github.com/rules-pyc/rules_pyc/pyver"
)

// The names of the files.
const (
	RequestFile  = "request.json"
	ResponseFile = "result.json"
	SourceFolder = "src"
)

// SourceFile returns the name of source n in its folder.
func SourceFile(n int) string { return strconv.Itoa(n) + ".py" }

// OutputFile returns the name of the .pyc of module n.
func OutputFile(n int) string { return strconv.Itoa(n) + ".pyc" }

// A Request says what to compile.
type Request struct {
	Modules []Module `json:"modules"`
}

// A Module is one compilation.
type Module struct {
	Source   int    `json:"source"` // the number of the source
	Name     string `json:"name"`   // to be stored
	Python   string `json:"python"` // the version, such as 3.14
	Optimize int    `json:"optimize"`
}

// A Response says what came of each module of a request, in its order.
type Response struct {
	Outcomes []Outcome `json:"outcomes"`
}

// An Outcome is what came of a module. One without an error was compiled.
type Outcome struct {
	Warnings    []compiler.Warning    `json:"warnings,omitempty"`
	SyntaxError *compiler.SyntaxError `json:"syntax_error,omitempty"`
	// Error is another error, which names the file.
	Error string `json:"error,omitempty"`
}

// NewModule returns the module for a source.
func NewModule(source int, o compiler.Options) Module {
	return Module{Source: source, Name: o.Filename, Python: o.Version.String(), Optimize: o.Optimize}
}

func (m Module) options() (compiler.Options, error) {
	v, err := pyver.Parse(m.Python)
	if err != nil {
		return compiler.Options{}, err
	}
	o := compiler.Options{Version: v, Filename: m.Name, Optimize: m.Optimize}
	return o, o.Check()
}

// Marshal returns the text of a request or response. It fails for one that the
// text cannot hold without loss, such as a file name that is not UTF-8.
func Marshal[T any](v *T) ([]byte, error) {
	text, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	back := new(T)
	if err := json.Unmarshal(text, back); err != nil {
		return nil, err
	}
	if !reflect.DeepEqual(v, back) {
		return nil, errors.New("a name or message in it is not UTF-8")
	}
	return text, nil
}

// Run does what a folder holds a request for. The error says that it is no such
// folder, or that files cannot be written.
func Run(ctx context.Context, c compiler.Compiler, dir string) error {
	text, err := os.ReadFile(filepath.Join(dir, RequestFile))
	if err != nil {
		return fmt.Errorf("reading request: %w", err)
	}
	var request Request
	if err := json.Unmarshal(text, &request); err != nil {
		return fmt.Errorf("reading request: %s: %w", RequestFile, err)
	}
	response := Response{Outcomes: make([]Outcome, len(request.Modules))}
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(runtime.GOMAXPROCS(0))
	for i, m := range request.Modules {
		group.Go(func() error {
			outcome, err := compile(ctx, c, dir, i, m)
			response.Outcomes[i] = outcome
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return err
	}
	text, err = Marshal(&response)
	if err != nil {
		return fmt.Errorf("writing result: %w", err)
	}
	if err := os.WriteFile(filepath.Join(dir, ResponseFile), text, 0o666); err != nil {
		return fmt.Errorf("writing result: %w", err)
	}
	return nil
}

func compile(ctx context.Context, c compiler.Compiler, dir string, i int, m Module) (Outcome, error) {
	o, err := m.options()
	if err != nil {
		return Outcome{}, fmt.Errorf("reading request: module %d: %w", i, err)
	}
	source, err := os.ReadFile(filepath.Join(dir, SourceFolder, SourceFile(m.Source)))
	if err != nil {
		return Outcome{}, fmt.Errorf("reading source: %w", err)
	}
	r, err := c.Compile(ctx, source, o)
	var syntax *compiler.SyntaxError
	switch {
	case errors.As(err, &syntax):
		return lossless(Outcome{SyntaxError: syntax}, o), nil
	case err != nil && ctx.Err() != nil:
		return Outcome{}, err // of this run, not of the module
	case err != nil:
		return lossless(Outcome{Error: err.Error()}, o), nil
	}
	file := pyc.HashHeader(o.Version, source, false).Append(nil)
	if err := os.WriteFile(filepath.Join(dir, OutputFile(i)), append(file, r.Code...), 0o666); err != nil {
		return Outcome{}, fmt.Errorf("writing result: %w", err)
	}
	return lossless(Outcome{Warnings: r.Warnings}, o), nil
}

// lossless returns an outcome, or an error if a response could not hold it.
func lossless(outcome Outcome, o compiler.Options) Outcome {
	if _, err := Marshal(&outcome); err != nil {
		return Outcome{Error: fmt.Sprintf("%s: the outcome cannot be sent: %v; compile it without an executor", o.Filename, err)}
	}
	return outcome
}
