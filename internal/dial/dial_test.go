package dial_test

import (
	"context"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/grpc"
	"google.golang.org/grpc/health"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/metadata"

	"github.com/rules-pyc/rules_pyc/internal/dial"
)

func TestParseAddress(t *testing.T) {
	for _, test := range []struct {
		address string
		want    dial.Address
	}{
		{"grpc://localhost:8980", dial.Address{Target: "localhost:8980", Host: "localhost"}},
		{"grpc://[::1]:80/", dial.Address{Target: "[::1]:80", Host: "::1"}},
		{"grpcs://cache.example.com:443/some/instance", dial.Address{Target: "cache.example.com:443", Host: "cache.example.com", TLS: true, Path: "some/instance"}},
		{"unix:/run/pyc.sock", dial.Address{Target: "unix:/run/pyc.sock"}},
		{"unix:///run/pyc.sock", dial.Address{Target: "unix:/run/pyc.sock"}},
		{"unix:pyc.sock", dial.Address{Target: "unix:pyc.sock"}},
	} {
		got, err := dial.ParseAddress(test.address)
		if err != nil {
			t.Errorf("%s: %v", test.address, err)
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.address, diff)
		}
	}
	for _, test := range []struct{ address, want string }{
		{"", `address "" is not grpc://HOST:PORT`},
		{"localhost:8980", "is not grpc://HOST:PORT"},
		{"http://localhost:8980", "is not grpc://HOST:PORT"},
		{"ftp://me:secret@host:1", `address "…@host:1" is not`},
		{"grpcs://me:%zz@host:1", `address "…@host:1" is not`},
		{"grpc://localhost", "needs a host and a port"},
		{"grpc://:80", "needs a host and a port"},
		{"grpc://localhost:", "needs a host and a port"},
		{"grpc://localhost:80?x=1", "more than a host, a port and a path"},
		{"unix:", "names no socket"},
		{"grpc://me:secret@cache.example.com:80", "a password or token is sent over grpcs:// alone"},
	} {
		_, err := dial.ParseAddress(test.address)
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: got %v, want %q in it", test.address, err, test.want)
		}
		if err != nil && strings.Contains(err.Error(), "secret") {
			t.Errorf("a password is in the error: %v", err)
		}
	}
}

// serve starts a server and returns its address and the headers of each call.
func serve(t *testing.T) (string, <-chan metadata.MD) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	headers := make(chan metadata.MD, 10)
	s := grpc.NewServer(grpc.UnaryInterceptor(func(ctx context.Context, req any, _ *grpc.UnaryServerInfo, handle grpc.UnaryHandler) (any, error) {
		md, _ := metadata.FromIncomingContext(ctx)
		headers <- md
		return handle(ctx, req)
	}))
	healthpb.RegisterHealthServer(s, health.NewServer())
	go func() { _ = s.Serve(l) }()
	t.Cleanup(s.Stop)
	return l.Addr().String(), headers
}

// TestHeaders looks at what a server gets. Files are read anew for each call.
func TestHeaders(t *testing.T) {
	server, headers := serve(t)
	file := filepath.Join(t.TempDir(), "token")
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, test := range []struct {
		name, user string
		config     dial.Config
		file, want string // what a file holds, and the authorization then
	}{
		{"basic", "alice:s3%40cret@", dial.Config{}, "", "Basic YWxpY2U6czNAY3JldA=="},
		{"token", "", dial.Config{TokenFile: file}, "first\n", "Bearer first"},
		{"header", "", dial.Config{Headers: []string{"Authorization=Custom x=y"}}, "", "Custom x=y"},
		{"header of a file", "", dial.Config{Headers: []string{"authorization=@" + file}}, "Custom z\n", "Custom z"},
	} {
		t.Run(test.name, func(t *testing.T) {
			write(test.file)
			test.config.UserAgent = "tester/1"
			a, err := dial.ParseAddress("grpc://" + test.user + server)
			if err != nil {
				t.Fatal(err)
			}
			conn, err := test.config.Dial(a)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = conn.Close() })
			call := func() metadata.MD {
				t.Helper()
				if _, err := healthpb.NewHealthClient(conn).Check(t.Context(), &healthpb.HealthCheckRequest{}); err != nil {
					t.Fatal(err)
				}
				return <-headers
			}
			md := call()
			if diff := cmp.Diff([]string{test.want}, md.Get("authorization")); diff != "" {
				t.Errorf("authorization (-want +got):\n%s", diff)
			}
			if agent := md.Get("user-agent"); len(agent) != 1 || !strings.HasPrefix(agent[0], "tester/1 ") {
				t.Errorf("user agent is %q", agent)
			}
			if test.file == "" {
				return
			}
			write("other")
			want := strings.Replace(test.want, strings.TrimSpace(test.file), "other", 1)
			if diff := cmp.Diff([]string{want}, call().Get("authorization")); diff != "" {
				t.Errorf("after the file has changed (-want +got):\n%s", diff)
			}
		})
	}
}

func TestDialErrors(t *testing.T) {
	dir := t.TempDir()
	junk := filepath.Join(dir, "junk")
	if err := os.WriteFile(junk, []byte("junk"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		address string
		config  dial.Config
		want    string
	}{
		{"grpcs://localhost:1", dial.Config{CA: junk}, "holds no certificate"},
		{"grpcs://localhost:1", dial.Config{CA: filepath.Join(dir, "none")}, "none: no such file"},
		{"grpcs://localhost:1", dial.Config{Cert: junk, Key: junk}, "reading certificate"},
		{"grpcs://localhost:1", dial.Config{Cert: junk}, "needs its key"},
		{"grpcs://localhost:1", dial.Config{Headers: []string{"authorization"}}, "is not NAME=VALUE"},
		{"grpcs://a:b@localhost:1", dial.Config{TokenFile: junk}, "header authorization is given twice"},
		{"grpcs://localhost:1", dial.Config{TokenFile: filepath.Join(dir, "none")}, "reading header authorization"},
		{"grpc://cache.example.com:1", dial.Config{TokenFile: junk}, "a password or token is sent over grpcs:// alone"},
		{"grpc://10.0.0.1:1", dial.Config{Headers: []string{"x=secret"}}, "a password or token is sent over grpcs:// alone"},
	} {
		a, err := dial.ParseAddress(test.address)
		if err != nil {
			t.Fatal(err)
		}
		_, err = test.config.Dial(a)
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s with %+v: got %v, want %q in it", test.address, test.config, err, test.want)
		}
	}
}
