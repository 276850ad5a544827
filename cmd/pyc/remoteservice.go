//go:build !offline

package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"time"

	"github.com/spf13/pflag"

	"github.com/rules-pyc/rules_pyc/compiler"
	"github.com/rules-pyc/rules_pyc/internal/dial"
	"github.com/rules-pyc/rules_pyc/service/client"
)

// serviceFlags are the flags for having a compile service compile. They are a
// way to compile.
type serviceFlags struct {
	connection *connectionFlags
	address    string
	fallback   string
	timeout    time.Duration
	retry      time.Duration
}

// The values of --remote-fallback.
const (
	fallbackNone  = "none"
	fallbackLocal = "local"
)

// callsAtOnce is how many modules are with the service at once: it may have many
// more processors than this machine.
const callsAtOnce = 32

func (f *serviceFlags) register(flags *pflag.FlagSet) {
	flags.StringVar(&f.address, "remote", "", "`ADDRESS` of a compile service (pyc serve) to compile with: grpc[s]://HOST:PORT or unix:PATH")
	flags.StringVar(&f.fallback, "remote-fallback", fallbackNone, "`WHAT` to do when the service is away: none, or local to compile on this machine")
	flags.DurationVar(&f.timeout, "remote-deadline", client.DefaultTimeout, "longest time of the service for one source")
	flags.DurationVar(&f.retry, "remote-retry", client.DefaultRetry, "how long to go on asking a service that does not answer; 0 to ask once")
	f.connection.register(flags, "remote-")
}

func (f *serviceFlags) underWay() int {
	if f.address == "" {
		return 0
	}
	return callsAtOnce
}

// open returns a compiler that has the service compile.
func (f *serviceFlags) open(_ context.Context, inner compiler.Compiler) (compiler.Compiler, func(), error) {
	if f.fallback != fallbackNone && f.fallback != fallbackLocal {
		return nil, nil, fmt.Errorf("--remote-fallback %q is neither %s nor %s", f.fallback, fallbackNone, fallbackLocal)
	}
	if f.address == "" {
		return inner, func() {}, nil
	}
	address, err := dial.ParseAddress(f.address)
	if err == nil && address.Path != "" {
		err = fmt.Errorf("address %q has a path, which a compile service has no use for", f.address)
	}
	if err != nil {
		return nil, nil, fmt.Errorf("--remote: %w", err)
	}
	conn, err := f.connection.Dial(address, client.DialOptions()...)
	if err != nil {
		return nil, nil, fmt.Errorf("--remote: %w", err)
	}
	config := client.Config{Server: address.Target, Timeout: f.timeout, Retry: f.retry}
	if f.retry == 0 {
		config.Retry = -1
	}
	remote := client.New(conn, config)
	closeConn := func() { _ = conn.Close() } // nothing is under way
	if f.fallback == fallbackNone {
		return remote, closeConn, nil
	}
	warn := func(err error) {
		slog.New(slog.NewTextHandler(os.Stderr, nil)).Warn("the compile service is away; modules are compiled on this machine", "error", err)
	}
	return &client.Fallback{Service: remote, Local: inner, Warn: warn}, closeConn, nil
}
