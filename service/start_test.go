package service_test

import (
	"context"
	"log/slog"
	"net"
	"sync"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"
	"google.golang.org/grpc/test/bufconn"

	"github.com/rules-pyc/rules_pyc/compiler"
	compilev1 "github.com/rules-pyc/rules_pyc/proto/pyc/compile/v1"
	"github.com/rules-pyc/rules_pyc/pyver"
	"github.com/rules-pyc/rules_pyc/service"
)

// patience is how long a test waits for what must happen.
const patience = 20 * time.Second

// python is the version that tests compile for.
const python = pyver.Default

// A running service, and a way to reach it.
type running struct {
	server *service.Server
	compilev1.CompileServiceClient
	conn   *grpc.ClientConn
	dial   grpc.DialOption
	served chan error
}

// start runs a service in this process. The configuration may be changed
// before.
func start(t *testing.T, change func(*service.Config)) *running {
	t.Helper()
	l := bufconn.Listen(1 << 20)
	return startAt(t, l, change, grpc.WithContextDialer(func(ctx context.Context, _ string) (net.Conn, error) {
		return l.DialContext(ctx)
	}))
}

func startAt(t *testing.T, l net.Listener, change func(*service.Config), options ...grpc.DialOption) *running {
	t.Helper()
	config := service.Config{
		Compiler: &compiler.Native{},
		Versions: []pyver.Version{python},
		Limits:   service.DefaultLimits(),
		Version:  "test",
		Log:      slog.New(slog.NewTextHandler(&testLog{t: t}, nil)),
	}
	if change != nil {
		change(&config)
	}
	s, err := service.New(config)
	if err != nil {
		t.Fatal(err)
	}
	conn, err := grpc.NewClient("passthrough:test", append([]grpc.DialOption{
		grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(1 << 30)),
	}, options...)...)
	if err != nil {
		t.Fatal(err)
	}
	r := &running{server: s, CompileServiceClient: compilev1.NewCompileServiceClient(conn), conn: conn, dial: append(options, grpc.EmptyDialOption{})[0], served: make(chan error, 1)}
	go func() { r.served <- s.Serve(l) }()
	t.Cleanup(func() {
		conn.Close()
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		s.Drain(ctx)
		if err := <-r.served; err != nil {
			t.Errorf("Serve: %v", err)
		}
	})
	return r
}

// A testLog has lines in the log of a test, as long as that lasts.
type testLog struct {
	mu   sync.Mutex
	t    *testing.T
	once sync.Once
	done bool
}

func (l *testLog) Write(p []byte) (int, error) {
	l.once.Do(func() {
		l.t.Cleanup(func() {
			l.mu.Lock()
			defer l.mu.Unlock()
			l.done = true
		})
	})
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.done {
		l.t.Logf("%s", p)
	}
	return len(p), nil
}

// A compilerFunc is a compiler.Compiler.
type compilerFunc func(ctx context.Context, source []byte, opts compiler.Options) (*compiler.Result, error)

func (f compilerFunc) Compile(ctx context.Context, source []byte, opts compiler.Options) (*compiler.Result, error) {
	return f(ctx, source, opts)
}

// A blocker compiles when it is let go, and says when it begins.
type blocker struct {
	began chan string // file names
	let   chan struct{}
}

func newBlocker() *blocker {
	return &blocker{began: make(chan string, 10000), let: make(chan struct{})}
}

func (b *blocker) Compile(ctx context.Context, source []byte, opts compiler.Options) (*compiler.Result, error) {
	b.began <- opts.Filename
	select {
	case <-b.let:
		return (&compiler.Native{}).Compile(ctx, source, opts)
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// timeout returns a context that ends with the patience of a test.
func timeout(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	t.Cleanup(cancel)
	return ctx
}

// request returns a request to compile a source.
func request(source, filename string) *compilev1.CompileRequest {
	return &compilev1.CompileRequest{
		Source:        &compilev1.CompileRequest_Inline{Inline: []byte(source)},
		Filename:      filename,
		PythonVersion: python.String(),
	}
}

// wantStatus checks the code and the message of an error.
func wantStatus(t *testing.T, err error, code codes.Code, message string) {
	t.Helper()
	st := status.Convert(err)
	if st.Code() != code || st.Message() != message {
		t.Errorf("got %v: %q\nwant %v: %q", st.Code(), st.Message(), code, message)
	}
}

// eventually waits until something is so.
func eventually(t *testing.T, what string, is func() bool) {
	t.Helper()
	for deadline := time.Now().Add(patience); !is(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("still not so: %s", what)
		}
	}
}

func plain() credentials.TransportCredentials { return insecure.NewCredentials() }
