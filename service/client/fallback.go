package client

import (
	"context"
	"errors"
	"sync"

	"github.com/rules-pyc/rules_pyc/compiler"
)

// A Fallback is a compiler.Compiler that compiles with another one when a
// service is away.
type Fallback struct {
	Service *Client
	Local   compiler.Compiler
	// Warn is called with the first error that makes it compile locally.
	Warn func(error)

	once sync.Once
}

// Compile compiles with the service, or else with the other compiler.
func (f *Fallback) Compile(ctx context.Context, source []byte, opts compiler.Options) (*compiler.Result, error) {
	r, err := f.Service.Compile(ctx, source, opts)
	var e *Error
	if errors.As(err, &e) && e.Away() {
		f.once.Do(func() { f.Warn(err) })
		return f.Local.Compile(ctx, source, opts)
	}
	return r, err
}
