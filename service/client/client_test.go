package client_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"

	"github.com/rules-pyc/rules_pyc/compiler"
	compilev1 "github.com/rules-pyc/rules_pyc/proto/pyc/compile/v1"
	"github.com/rules-pyc/rules_pyc/pyver"
	"github.com/rules-pyc/rules_pyc/service"
	"github.com/rules-pyc/rules_pyc/service/client"
)

const python = pyver.Default

// serve runs a service on a port of this machine, and returns its address.
func serve(t *testing.T, c compiler.Compiler) string {
	t.Helper()
	s, err := service.New(service.Config{Compiler: c, Limits: service.DefaultLimits(), Versions: []pyver.Version{python}})
	if err != nil {
		t.Fatal(err)
	}
	l, err := service.Listen(context.Background(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- s.Serve(l) }()
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		s.Drain(ctx)
		<-done
	})
	return l.Addr().String()
}

// connect returns a client of the service at an address.
func connect(t *testing.T, address string, c client.Config) *client.Client {
	t.Helper()
	conn, err := grpc.NewClient(address, append(client.DialOptions(), grpc.WithTransportCredentials(insecure.NewCredentials()))...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	c.Server = "test"
	return client.New(conn, c)
}

func options(filename string) compiler.Options {
	return compiler.Options{Version: python, Filename: filename}
}

// Through a service everything is as it is here: results, warnings, and errors
// with all that they say.
func TestCompileIsLocal(t *testing.T) {
	remote := connect(t, serve(t, &compiler.Native{}), client.Config{})
	local := &compiler.Native{}
	for _, source := range []string{
		"", "x = 1\n", "'text'\nassert x is 1, 'n'\nx = '\\d'\n", "x is 1\n", "if x\n", "  x\n", "def f():\n\tx\n        y\n",
		"x = '\xff'\n", "a\x00b\n", "# coding: latin-1\nx = '\xe4'\n", "# coding: utf-7\n", "# coding: no-such\n", "é = $\n",
		strings.Repeat("(", 300),
	} {
		for optimize := range 3 {
			o := options("pkg/mod.py")
			o.Optimize = optimize
			want, wantErr := local.Compile(t.Context(), []byte(source), o)
			got, err := remote.Compile(t.Context(), []byte(source), o)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%.20q, level %d (-local +remote)\n%s", source, optimize, diff)
			}
			if fmt.Sprint(wantErr) != fmt.Sprint(err) {
				t.Errorf("%.20q, level %d: got %v\nwant %v", source, optimize, err, wantErr)
			}
			var wantSyntax, syntax *compiler.SyntaxError
			errors.As(wantErr, &wantSyntax)
			errors.As(err, &syntax)
			if diff := cmp.Diff(wantSyntax, syntax); diff != "" {
				t.Errorf("%.20q, level %d (-local +remote)\n%s", source, optimize, diff)
			}
		}
	}
}

func TestCompileErrors(t *testing.T) {
	remote := connect(t, serve(t, &compiler.Native{}), client.Config{})
	for _, test := range []struct {
		name   string
		source []byte
		opts   compiler.Options
		want   string
	}{
		{"name", nil, options("\xff.py"), `"\xff.py": a compile service takes file names in UTF-8 alone`},
		{"level", nil, compiler.Options{Version: python, Filename: "x.py", Optimize: 7}, "x.py: optimisation level 7 is not 0, 1 or 2"},
		{
			"version", nil,
			compiler.Options{Version: pyver.First, Filename: "x.py"},
			"x.py: the compile service at test says: this server does not compile for Python 3.11, but for [3.14]",
		},
		{
			"length", make([]byte, 9<<20), options("x.py"),
			"x.py: the compile service at test says: the source has 9437184 bytes; the limit is 8388608 (--max-source-bytes)",
		},
		{
			"message", make([]byte, 17<<20), options("x.py"),
			"x.py: the compile service at test says: grpc: received message larger than max (17825809 vs. 16777216)",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := remote.Compile(t.Context(), test.source, test.opts)
			if fmt.Sprint(err) != test.want {
				t.Errorf("got %v\nwant %s", err, test.want)
			}
		})
	}
}

// A compileServer is a service that answers as a test wants.
type compileServer struct {
	compilev1.UnimplementedCompileServiceServer
	compile func(*compilev1.CompileRequest) (*compilev1.CompileResponse, error)
}

func (s *compileServer) Compile(_ context.Context, r *compilev1.CompileRequest) (*compilev1.CompileResponse, error) {
	return s.compile(r)
}

// answering runs such a service and returns a client.
func answering(t *testing.T, c client.Config, compile func(*compilev1.CompileRequest) (*compilev1.CompileResponse, error)) *client.Client {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := grpc.NewServer()
	compilev1.RegisterCompileServiceServer(s, &compileServer{compile: compile})
	go s.Serve(l)
	t.Cleanup(s.Stop)
	return connect(t, l.Addr().String(), c)
}

// An answer that is none of this request is not taken.
func TestWrongAnswers(t *testing.T) {
	module := func(pyc []byte) *compilev1.CompileResponse {
		return &compilev1.CompileResponse{Outcome: &compilev1.CompileResponse_Module{Module: &compilev1.Module{Pyc: pyc}}}
	}
	const useless = "x.py: the answer of the compile service at test is of no use: "
	for _, test := range []struct {
		name     string
		response *compilev1.CompileResponse
		want     string
	}{
		{"nothing", &compilev1.CompileResponse{}, useless + "it has neither a module nor an error"},
		{"empty", module(nil), useless + "reading its header: "},
		{"other", module(make([]byte, 16)), useless + "reading its header: "},
		{"other source", module(append([]byte("+\x0e\r\n\x01\x00\x00\x00"), make([]byte, 8)...)), useless + "it is that of another source or version"},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := answering(t, client.Config{}, func(*compilev1.CompileRequest) (*compilev1.CompileResponse, error) { return test.response, nil })
			_, err := c.Compile(t.Context(), []byte("x = 1\n"), options("x.py"))
			if err == nil || !strings.HasPrefix(err.Error(), test.want) {
				t.Errorf("got %v\nwant %s...", err, test.want)
			}
		})
	}
}

// Only what may succeed when it is repeated is repeated.
func TestRetries(t *testing.T) {
	for _, test := range []struct {
		code  codes.Code
		calls int64
		want  string
	}{
		{codes.Unavailable, 8, "x.py: the compile service at test does not answer (8 attempts): try again"},
		{codes.Internal, 1, "x.py: the compile service at test says: try again"},
		{codes.ResourceExhausted, 1, "x.py: the compile service at test says: try again"},
		{codes.DeadlineExceeded, 1, "x.py: the compile service at test takes too long: try again"},
		{codes.Unauthenticated, 1, "x.py: the compile service at test says: try again"},
	} {
		t.Run(test.code.String(), func(t *testing.T) {
			t.Parallel()
			var calls atomic.Int64
			c := answering(t, client.Config{Retry: time.Minute}, func(*compilev1.CompileRequest) (*compilev1.CompileResponse, error) {
				calls.Add(1)
				return nil, status.Error(test.code, "try again")
			})
			_, err := c.Compile(t.Context(), []byte("x = 1\n"), options("x.py"))
			if fmt.Sprint(err) != test.want || calls.Load() != test.calls {
				t.Errorf("got %v after %d calls\nwant %s after %d", err, calls.Load(), test.want, test.calls)
			}
		})
	}
}

// A service that comes back is found again; one that is away is not waited for
// by each module anew.
func TestServiceThatIsAway(t *testing.T) {
	var away atomic.Bool
	var calls atomic.Int64
	native := &compiler.Native{}
	c := answering(t, client.Config{Retry: time.Second}, func(r *compilev1.CompileRequest) (*compilev1.CompileResponse, error) {
		calls.Add(1)
		if away.Load() {
			return nil, status.Error(codes.Unavailable, "away")
		}
		_, err := native.Compile(context.Background(), r.GetInline(), options(r.GetFilename()))
		var e *compiler.SyntaxError
		errors.As(err, &e)
		return &compilev1.CompileResponse{Outcome: &compilev1.CompileResponse_SyntaxError{SyntaxError: &compilev1.SyntaxError{Message: e.Message}}}, nil
	})
	compile := func() error {
		_, err := c.Compile(t.Context(), []byte("x =\n"), options("x.py"))
		return err
	}
	away.Store(true)
	var e *client.Error
	if err := compile(); !errors.As(err, &e) || !e.Away() || e.Attempts < 2 {
		t.Fatalf("got %v", err)
	}
	calls.Store(0)
	if err := compile(); !errors.As(err, &e) || !e.Away() || calls.Load() != 1 {
		t.Errorf("got %v after %d calls, want one", err, calls.Load())
	}
	away.Store(false)
	if err := compile(); !errors.As(err, new(*compiler.SyntaxError)) {
		t.Errorf("got %v", err)
	}
	away.Store(true)
	if err := compile(); !errors.As(err, &e) || e.Attempts < 2 {
		t.Errorf("got %v", err)
	}
}

func TestFallback(t *testing.T) {
	code := codes.Unavailable
	c := answering(t, client.Config{Retry: -1}, func(*compilev1.CompileRequest) (*compilev1.CompileResponse, error) {
		return nil, status.Error(code, "no")
	})
	var warnings []string
	f := &client.Fallback{Service: c, Local: &compiler.Native{}, Warn: func(err error) { warnings = append(warnings, err.Error()) }}
	want, err := (&compiler.Native{}).Compile(t.Context(), []byte("x = 1\n"), options("x.py"))
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		got, err := f.Compile(t.Context(), []byte("x = 1\n"), options("x.py"))
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Errorf("%v\n%s", err, diff)
		}
	}
	if diff := cmp.Diff([]string{"x.py: the compile service at test does not answer: no"}, warnings); diff != "" {
		t.Errorf("warnings (-want +got)\n%s", diff)
	}
	code = codes.Internal
	if _, err := f.Compile(t.Context(), []byte("x = 1\n"), options("x.py")); err == nil {
		t.Error("what the service refuses was compiled here")
	}
}

// The context ends a call, and the pauses between calls.
func TestContextEnds(t *testing.T) {
	c := answering(t, client.Config{Retry: time.Hour}, func(*compilev1.CompileRequest) (*compilev1.CompileResponse, error) {
		return nil, status.Error(codes.Unavailable, "no")
	})
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if _, err := c.Compile(ctx, nil, options("x.py")); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
}
