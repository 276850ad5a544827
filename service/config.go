package service

import (
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"slices"
	"time"

	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"

	"github.com/rules-pyc/rules_pyc/compiler"
	"github.com/rules-pyc/rules_pyc/pyver"
)

// Config is what a Server works with.
type Config struct {
	// Compiler compiles the modules. Required.
	Compiler compiler.Compiler
	// Versions are the versions that the server compiles for; nil means all.
	Versions []pyver.Version
	// Blobs is the storage that sources come from and results go to; nil means
	// that there is none.
	Blobs Blobs
	// Limits are what clients may ask for. See DefaultLimits.
	Limits Limits
	// Authorize is called with the authorization header of each call, which is
	// empty if there is none, and returns whether the call may go on; nil means
	// that all may.
	Authorize func(header string) bool
	// TLS encrypts connections by TCP; nil means that they are in plain text.
	TLS *tls.Config
	// Version is the version of the program.
	Version string
	// Log gets what the server has to say; nil means that nothing is said.
	Log *slog.Logger
	// Tracer gets a span for each call and each compilation; nil means that
	// none are made.
	Tracer trace.TracerProvider
	// Propagator reads the trace of a caller out of its headers. It is needed
	// with Tracer.
	Propagator propagation.TextMapPropagator
}

// Limits are what clients may ask for. What is beyond a limit is refused, or
// waits where it says so.
type Limits struct {
	MessageBytes  int           // length of a request message in bytes
	SourceBytes   int           // length of a source in bytes
	BatchInFlight int           // requests of a stream without a response; others wait with the client
	Concurrency   int           // modules compiled at once; others wait
	Calls         int           // calls under way; a stream is one call
	Connections   int           // connections; beyond it new ones are closed at once
	BytesInFlight int64         // total length of accepted sources in bytes; others wait
	Duration      time.Duration // compiling one module, or one exchange with the storage
	Stall         time.Duration // a client's not taking a response, or not sending the request of a call
}

// maxFilename is the greatest length of a file name in bytes: Linux's longest
// path.
const maxFilename = 4096

// DefaultLimits are limits for a machine with as many processors as this one.
func DefaultLimits() Limits {
	return Limits{
		MessageBytes:  16 << 20,
		SourceBytes:   8 << 20,
		BatchInFlight: 64,
		Concurrency:   runtime.GOMAXPROCS(0),
		Calls:         1024,
		Connections:   1024,
		BytesInFlight: 256 << 20,
		Duration:      time.Minute,
		Stall:         30 * time.Second,
	}
}

// check returns an error that says which limit makes no sense.
func (l Limits) check() error {
	var errs []error
	for _, each := range []struct {
		name  string
		value int64
	}{
		{"message bytes", int64(l.MessageBytes)},
		{"source bytes", int64(l.SourceBytes)},
		{"batch in flight", int64(l.BatchInFlight)},
		{"concurrency", int64(l.Concurrency)},
		{"calls", int64(l.Calls)},
		{"connections", int64(l.Connections)},
		{"bytes in flight", l.BytesInFlight},
		{"duration", int64(l.Duration)},
		{"stall", int64(l.Stall)},
	} {
		if each.value <= 0 {
			errs = append(errs, fmt.Errorf("the limit of %s is %d, which is not positive", each.name, each.value))
		}
	}
	if int64(l.SourceBytes) > l.BytesInFlight {
		errs = append(errs, fmt.Errorf("the limit of source bytes, %d, is beyond that of bytes in flight, %d", l.SourceBytes, l.BytesInFlight))
	}
	return errors.Join(errs...)
}

// complete returns the configuration with what was left out.
func (c Config) complete() (Config, error) {
	if c.Compiler == nil {
		return c, errors.New("a service needs a compiler")
	}
	if c.Versions == nil {
		c.Versions = pyver.All()
	}
	c.Versions = slices.Sorted(slices.Values(c.Versions))
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	return c, c.Limits.check()
}
