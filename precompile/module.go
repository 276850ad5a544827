package precompile

import (
	"context"
	"fmt"

	"github.com/rules-pyc/rules_pyc/compiler"
	"github.com/rules-pyc/rules_pyc/pyc"
	"github.com/rules-pyc/rules_pyc/pyver"
)

// A Module says what to compile into which file.
type Module struct {
	Source       string // path of the source file
	Name         string // stored in the code objects (co_filename), and in errors
	Output       string // path of the .pyc file; missing folders are made
	Version      pyver.Version
	Optimize     int // 0, 1 or 2
	Invalidation pyc.Invalidation
}

// Compile compiles a module and writes its .pyc. The output is either written
// whole or left as it was.
//
// The error is a *compiler.SyntaxError if the source is not valid Python.
// Every error names the file it is about.
func Compile(ctx context.Context, c compiler.Compiler, m Module) ([]compiler.Warning, error) {
	source, err := ReadSource(m.Source)
	if err != nil {
		return nil, err
	}
	return CompileSource(ctx, c, source, m)
}

// CompileSource is Compile for a source that has been read, as when one source
// is compiled for several versions.
func CompileSource(ctx context.Context, c compiler.Compiler, source *Source, m Module) ([]compiler.Warning, error) {
	opts := compiler.Options{Version: m.Version, Filename: m.Name, Optimize: m.Optimize}
	if err := opts.Check(); err != nil {
		return nil, fmt.Errorf("compiling %s: %w", source.Path, err)
	}
	result, err := c.Compile(ctx, source.Bytes, opts)
	if err != nil {
		return nil, err
	}
	file := make([]byte, 0, pyc.HeaderSize+len(result.Code))
	file = header(source, m).Append(file)
	file = append(file, result.Code...)
	if err := writeFile(m.Output, file, outputMode(source.Mode)); err != nil {
		return result.Warnings, fmt.Errorf("writing %s: %w", m.Output, err)
	}
	return result.Warnings, nil
}

func header(source *Source, m Module) pyc.Header {
	if m.Invalidation == pyc.Timestamp {
		return pyc.TimestampHeader(m.Version, source.ModTime.Unix(), int64(len(source.Bytes)))
	}
	return pyc.HashHeader(m.Version, source.Bytes, m.Invalidation == pyc.CheckedHash)
}
