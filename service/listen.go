package service

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Listen listens at an address: HOST:PORT or unix:PATH. The socket file at PATH
// is for its owner alone. One that a process has left behind is replaced; one at
// which a process listens is not.
func Listen(ctx context.Context, address string) (net.Listener, error) {
	path, isSocket := strings.CutPrefix(address, "unix:")
	if !isSocket {
		var config net.ListenConfig
		return config.Listen(ctx, "tcp", address)
	}
	if path == "" {
		return nil, fmt.Errorf("address %q names no socket file", address)
	}
	if err := checkSocket(ctx, path); err != nil {
		return nil, err
	}
	// The file gets its name when it has its permissions.
	hidden := fmt.Sprintf("%s.%d", path, os.Getpid())
	l, err := net.ListenUnix("unix", &net.UnixAddr{Name: hidden, Net: "unix"})
	if err != nil {
		return nil, err
	}
	l.SetUnlinkOnClose(false)
	if err = os.Chmod(hidden, 0o600); err == nil {
		err = os.Rename(hidden, path)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("making a socket file: %w", err), os.Remove(hidden), l.Close())
	}
	return newSocket(l, path)
}

// checkSocket returns an error if there is something at path that must not be
// replaced.
func checkSocket(ctx context.Context, path string) error {
	info, err := os.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if info.Mode().Type() != fs.ModeSocket {
		return fmt.Errorf("%s is there, and is no socket", path)
	}
	dialer := net.Dialer{Timeout: time.Second}
	conn, err := dialer.DialContext(ctx, "unix", path)
	if err != nil {
		return nil // nobody is there
	}
	return errors.Join(fmt.Errorf("another process listens at %s", path), conn.Close())
}

// A socket removes its file when it is closed, unless that is another one.
type socket struct {
	net.Listener
	path string
	file fs.FileInfo
}

func newSocket(l net.Listener, path string) (net.Listener, error) {
	info, err := os.Lstat(path)
	if err != nil {
		return nil, errors.Join(err, l.Close())
	}
	return &socket{l, path, info}, nil
}

// Addr returns the address that clients use.
func (s *socket) Addr() net.Addr { return &net.UnixAddr{Name: s.path, Net: "unix"} }

// Close ends listening.
func (s *socket) Close() error {
	err := s.Listener.Close()
	if info, lookErr := os.Lstat(s.path); lookErr == nil && os.SameFile(info, s.file) {
		err = errors.Join(err, os.Remove(s.path))
	}
	return err
}

// A counted listener closes connections beyond a limit as soon as they are
// made, so that others are served.
type counted struct {
	net.Listener
	server *Server
	said   atomic.Int64 // when a refusal was last logged, in seconds
}

// Accept waits for a connection.
func (c *counted) Accept() (net.Conn, error) {
	for {
		conn, err := c.Listener.Accept()
		if err != nil {
			return nil, err
		}
		limit := int64(c.server.config.Limits.Connections)
		if c.server.connections.Add(1) <= limit {
			c.server.metrics.connections.Inc()
			return &countedConn{Conn: conn, server: c.server}, nil
		}
		c.server.connections.Add(-1)
		c.server.metrics.refused.WithLabelValues("--max-connections").Inc()
		if now := time.Now().Unix(); c.said.Swap(now) != now {
			c.server.log.Warn("connections are refused: as many are open as the limit (--max-connections) allows", "limit", limit)
		}
		_ = conn.Close() // nothing was said on it
	}
}

// A countedConn is counted until it is closed.
type countedConn struct {
	net.Conn
	server *Server
	once   sync.Once
}

// Close ends the connection.
func (c *countedConn) Close() error {
	c.once.Do(func() {
		c.server.connections.Add(-1)
		c.server.metrics.connections.Dec()
	})
	return c.Conn.Close()
}
