package client_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rules-pyc/rules_pyc/compiler"
	"github.com/rules-pyc/rules_pyc/service/client"
)

// A network between a client and a service that can be cut.
type network struct {
	address string
	mu      sync.Mutex
	conns   []*connection
	away    atomic.Bool // connections are refused
}

// A connection has a near and a far end.
type connection struct {
	ends   [2]net.Conn
	silent atomic.Bool // what is sent does not arrive
}

func newNetwork(t *testing.T, to string) *network {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	n := &network{address: l.Addr().String()}
	t.Cleanup(func() {
		l.Close()
		n.reset()
	})
	go func() {
		for {
			from, err := l.Accept()
			if err != nil {
				return
			}
			if n.away.Load() {
				from.Close()
				continue
			}
			far, err := net.Dial("tcp", to)
			if err != nil {
				from.Close()
				continue
			}
			c := &connection{ends: [2]net.Conn{from, far}}
			n.mu.Lock()
			n.conns = append(n.conns, c)
			n.mu.Unlock()
			go c.carry(from, far)
			go c.carry(far, from)
		}
	}()
	return n
}

// carry brings what one side sends to the other.
func (c *connection) carry(from io.Reader, to io.Writer) {
	buffer := make([]byte, 32<<10)
	for {
		size, err := from.Read(buffer)
		if err != nil {
			return
		}
		if !c.silent.Load() {
			to.Write(buffer[:size])
		}
	}
}

// reset breaks all connections.
func (n *network) reset() {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, c := range n.conns {
		for _, end := range c.ends {
			end.(*net.TCPConn).SetLinger(0)
			end.Close()
		}
	}
	n.conns = nil
}

// silence keeps what is sent on the connections that there are from arriving.
func (n *network) silence() {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, c := range n.conns {
		c.silent.Store(true)
	}
}

// blocking compiles when it is let go.
type blocking struct {
	began chan struct{}
	let   chan struct{}
	calls atomic.Int64
}

func (b *blocking) Compile(ctx context.Context, source []byte, opts compiler.Options) (*compiler.Result, error) {
	b.calls.Add(1)
	b.began <- struct{}{}
	select {
	case <-b.let:
		return (&compiler.Native{}).Compile(ctx, source, opts)
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func newBlocking() *blocking {
	return &blocking{began: make(chan struct{}, 1000), let: make(chan struct{})}
}

// Connections that break amid the work cost an attempt and nothing else.
func TestNetworkReset(t *testing.T) {
	b := newBlocking()
	n := newNetwork(t, serve(t, b))
	c := connect(t, n.address, client.Config{Retry: 10 * time.Second})
	const modules = 20
	outcomes := make(chan error, modules)
	for i := range modules {
		go func() {
			_, err := c.Compile(t.Context(), []byte("x = 1\n"), options(fmt.Sprint(i)))
			outcomes <- err
		}()
	}
	<-b.began
	n.reset()
	close(b.let)
	for range modules {
		if err := <-outcomes; err != nil {
			t.Error(err)
		}
	}
	if b.calls.Load() < modules {
		t.Errorf("%d compilations of %d modules", b.calls.Load(), modules)
	}
}

// A network that breaks for good is an error for each module.
func TestNetworkGone(t *testing.T) {
	b := newBlocking()
	n := newNetwork(t, serve(t, b))
	c := connect(t, n.address, client.Config{Retry: 200 * time.Millisecond})
	outcomes := make(chan error, 10)
	for i := range 10 {
		go func() {
			_, err := c.Compile(t.Context(), []byte("x = 1\n"), options(fmt.Sprint(i)))
			outcomes <- err
		}()
	}
	<-b.began
	n.away.Store(true)
	n.reset()
	for range 10 {
		var e *client.Error
		if err := <-outcomes; !errors.As(err, &e) || !e.Away() {
			t.Errorf("got %v", err)
		}
	}
}

// A network that breaks without a word is noticed: by the deadline of a call, and
// by the silence of the connection.
func TestNetworkSilent(t *testing.T) {
	t.Run("deadline", func(t *testing.T) {
		t.Parallel()
		n := newNetwork(t, serve(t, &compiler.Native{}))
		c := connect(t, n.address, client.Config{Timeout: 300 * time.Millisecond})
		if _, err := c.Compile(t.Context(), nil, options("x.py")); err != nil {
			t.Fatal(err)
		}
		n.silence()
		_, err := c.Compile(t.Context(), nil, options("x.py"))
		if want := "x.py: the compile service at test takes too long: context deadline exceeded"; fmt.Sprint(err) != want {
			t.Errorf("got %v\nwant %s", err, want)
		}
	})
	t.Run("pings", func(t *testing.T) {
		t.Parallel()
		if testing.Short() {
			t.Skip("takes as long as pings do, 20 s")
		}
		n := newNetwork(t, serve(t, &compiler.Native{}))
		c := connect(t, n.address, client.Config{Timeout: time.Hour, Retry: time.Hour})
		if _, err := c.Compile(t.Context(), nil, options("x.py")); err != nil {
			t.Fatal(err)
		}
		n.silence()
		ctx, cancel := context.WithTimeout(t.Context(), 40*time.Second)
		defer cancel()
		if _, err := c.Compile(ctx, nil, options("x.py")); err != nil {
			t.Errorf("got %v", err)
		}
	})
}
