package service_test

import (
	"context"
	"crypto/tls"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/metadata"
	reflectionpb "google.golang.org/grpc/reflection/grpc_reflection_v1"
	"google.golang.org/grpc/status"

	compilev1 "github.com/rules-pyc/rules_pyc/proto/pyc/compile/v1"
	"github.com/rules-pyc/rules_pyc/service"
)

func listen(t *testing.T, address string) net.Listener {
	t.Helper()
	l, err := service.Listen(context.Background(), address)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// dialTo makes connections go to an address.
func dialTo(network, address string) grpc.DialOption {
	return grpc.WithContextDialer(func(ctx context.Context, _ string) (net.Conn, error) {
		var d net.Dialer
		return d.DialContext(ctx, network, address)
	})
}

// try returns the status of compiling something with a client's certificates.
func try(t *testing.T, address string, config *tls.Config) error {
	t.Helper()
	conn, err := grpc.NewClient("passthrough:localhost", grpc.WithTransportCredentials(credentials.NewTLS(config)), dialTo("tcp", address))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_, err = compilev1.NewCompileServiceClient(conn).Compile(timeout(t), request("x = 1\n", "x.py"))
	return err
}

// Only a client with a certificate of the right authority that has not expired
// gets in.
func TestClientCertificates(t *testing.T) {
	ours, others := newAuthority(t, "ours"), newAuthority(t, "others")
	soon, past := time.Now().Add(time.Hour), time.Now().Add(-time.Minute)
	files := service.TLSFiles{ClientCA: ours.file}
	files.Cert, files.Key = ours.files(t, t.TempDir(), "localhost", soon)
	config, err := files.Config(slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	l := listen(t, "127.0.0.1:0")
	s := startAt(t, l, func(c *service.Config) { c.TLS = config })
	for _, test := range []struct {
		name   string
		client *tls.Config
		want   codes.Code
	}{
		{"right", &tls.Config{RootCAs: ours.pool, Certificates: []tls.Certificate{ours.pair(t, "me", soon)}}, codes.OK},
		{"none", &tls.Config{RootCAs: ours.pool}, codes.Unavailable},
		{"expired", &tls.Config{RootCAs: ours.pool, Certificates: []tls.Certificate{ours.pair(t, "me", past)}}, codes.Unavailable},
		{"of others", &tls.Config{RootCAs: ours.pool, GetClientCertificate: func(*tls.CertificateRequestInfo) (*tls.Certificate, error) {
			pair := others.pair(t, "me", soon) // whatever the server asks for
			return &pair, nil
		}}, codes.Unavailable},
		{"trusts others", &tls.Config{RootCAs: others.pool, Certificates: []tls.Certificate{ours.pair(t, "me", soon)}}, codes.Unavailable},
		{"old TLS", &tls.Config{RootCAs: ours.pool, Certificates: []tls.Certificate{ours.pair(t, "me", soon)}, MaxVersion: tls.VersionTLS11}, codes.Unavailable},
	} {
		t.Run(test.name, func(t *testing.T) {
			if err := try(t, l.Addr().String(), test.client); status.Code(err) != test.want {
				t.Errorf("got %v, want %v", err, test.want)
			}
		})
	}
	_, err = startless(t, l.Addr().String()).Compile(timeout(t), request("x = 1\n", "x.py"))
	if status.Code(err) != codes.Unavailable {
		t.Errorf("in plain text: got %v", err)
	}
	if m := metrics(t, s); m["pyc_handshakes_refused_total"] < 6 || m[`pyc_modules_total{outcome="ok",python="3.14"}`] != 1 {
		t.Errorf("%v handshakes were refused, %v modules compiled", m["pyc_handshakes_refused_total"], m[`pyc_modules_total{outcome="ok",python="3.14"}`])
	}
}

// startless returns a client in plain text of a service that runs already.
func startless(t *testing.T, address string) compilev1.CompileServiceClient {
	t.Helper()
	conn, err := grpc.NewClient("passthrough:localhost", grpc.WithTransportCredentials(plain()), dialTo("tcp", address))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return compilev1.NewCompileServiceClient(conn)
}

// Files that are replaced are used from then on, unless they are of no use.
func TestCertificatesAreReloaded(t *testing.T) {
	first, second := newAuthority(t, "first"), newAuthority(t, "second")
	soon := time.Now().Add(time.Hour)
	dir := t.TempDir()
	var files service.TLSFiles
	files.Cert, files.Key = first.files(t, dir, "localhost", soon)
	config, err := files.Config(slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	l := listen(t, "127.0.0.1:0")
	startAt(t, l, func(c *service.Config) { c.TLS = config })
	trusts := func(a *authority) bool { return try(t, l.Addr().String(), &tls.Config{RootCAs: a.pool}) == nil }
	if !trusts(first) || trusts(second) {
		t.Fatal("the first certificate is not used")
	}
	second.files(t, dir, "localhost", soon)
	eventually(t, "the second certificate is used", func() bool { return trusts(second) })
	if err := os.WriteFile(files.Cert, []byte("junk"), 0o600); err != nil {
		t.Fatal(err)
	}
	time.Sleep(1100 * time.Millisecond) // how long files are taken to be as they were
	if !trusts(second) {
		t.Error("with junk in its place, the certificate is not used any more")
	}
}

func TestBadTLSFiles(t *testing.T) {
	a := newAuthority(t, "a")
	cert, key := a.files(t, t.TempDir(), "localhost", time.Now().Add(time.Hour))
	_, otherKey := a.files(t, t.TempDir(), "localhost", time.Now().Add(time.Hour))
	for _, files := range []service.TLSFiles{
		{Cert: "absent", Key: key},
		{Cert: cert, Key: otherKey},
		{Cert: key, Key: key},
		{Cert: cert, Key: key, ClientCA: "absent"},
		{Cert: cert, Key: key, ClientCA: key},
	} {
		if _, err := files.Config(slog.New(slog.DiscardHandler)); err == nil {
			t.Errorf("%+v is taken", files)
		}
	}
}

const token = "0123456789abcdef-first"

func writeTokens(t *testing.T, path string, tokens ...string) {
	t.Helper()
	if err := os.WriteFile(path, []byte("# comment\n\n"+strings.Join(tokens, "\n")+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
}

// Without a token of the file nothing is answered, whatever is asked.
func TestTokens(t *testing.T) {
	path := filepath.Join(t.TempDir(), "tokens")
	writeTokens(t, path, token, "0123456789abcdef-second")
	tokens, err := service.OpenTokens(path, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	s := start(t, func(c *service.Config) { c.Authorize = tokens.Authorize })
	health, reflection := healthpb.NewHealthClient(s.conn), reflectionpb.NewServerReflectionClient(s.conn)
	calls := map[string]func(context.Context) error{
		"Compile": func(ctx context.Context) error {
			_, err := s.Compile(ctx, request("x = 1\n", "x.py"))
			return err
		},
		"BatchCompile": func(ctx context.Context) error {
			stream, err := s.BatchCompile(ctx)
			if err == nil {
				stream.Send(&compilev1.BatchCompileRequest{Request: request("x = 1\n", "x.py")})
				_, err = stream.Recv()
			}
			return err
		},
		"Inspect": func(ctx context.Context) error {
			_, err := s.Inspect(ctx, &compilev1.InspectRequest{})
			if status.Code(err) == codes.InvalidArgument {
				return nil // it has been looked at
			}
			return err
		},
		"GetCapabilities": func(ctx context.Context) error {
			_, err := s.GetCapabilities(ctx, &compilev1.GetCapabilitiesRequest{})
			return err
		},
		"Health": func(ctx context.Context) error {
			_, err := health.Check(ctx, &healthpb.HealthCheckRequest{})
			return err
		},
		"Reflection": func(ctx context.Context) error {
			stream, err := reflection.ServerReflectionInfo(ctx)
			if err == nil {
				stream.Send(&reflectionpb.ServerReflectionRequest{MessageRequest: &reflectionpb.ServerReflectionRequest_ListServices{}})
				_, err = stream.Recv()
			}
			return err
		},
	}
	for name, call := range calls {
		for _, test := range []struct {
			headers []string
			want    codes.Code
		}{
			{nil, codes.Unauthenticated},
			{[]string{"authorization", ""}, codes.Unauthenticated},
			{[]string{"authorization", "Bearer"}, codes.Unauthenticated},
			{[]string{"authorization", "Bearer "}, codes.Unauthenticated},
			{[]string{"authorization", "Bearer wrong"}, codes.Unauthenticated},
			{[]string{"authorization", "Bearer " + token[:len(token)-1]}, codes.Unauthenticated},
			{[]string{"authorization", "Bearer # comment"}, codes.Unauthenticated},
			{[]string{"authorization", "Basic " + token}, codes.Unauthenticated},
			{[]string{"authorization", token}, codes.Unauthenticated},
			{[]string{"authorization", "Bearer wrong", "authorization", "Bearer " + token}, codes.Unauthenticated},
			{[]string{"authorization", "Bearer " + token}, codes.OK},
			{[]string{"authorization", "bearer 0123456789abcdef-second"}, codes.OK},
		} {
			t.Run(fmt.Sprint(name, test.headers), func(t *testing.T) {
				err := call(metadata.AppendToOutgoingContext(timeout(t), test.headers...))
				if status.Code(err) != test.want {
					t.Errorf("got %v, want %v", err, test.want)
				}
			})
		}
	}

	writeTokens(t, path, "0123456789abcdef-third")
	with := func(token string) codes.Code {
		return status.Code(calls["Compile"](metadata.AppendToOutgoingContext(timeout(t), "authorization", "Bearer "+token)))
	}
	eventually(t, "the new token is taken", func() bool { return with("0123456789abcdef-third") == codes.OK })
	if code := with(token); code != codes.Unauthenticated {
		t.Errorf("with the old token: %v", code)
	}
}

// A message of a call without a token is not read.
func TestNothingIsReadWithoutAToken(t *testing.T) {
	s := start(t, func(c *service.Config) {
		c.Authorize = func(string) bool { return false }
		c.Limits.MessageBytes = 100
	})
	_, err := s.Compile(timeout(t), request(strings.Repeat("#", 1<<20), "x.py"))
	wantStatus(t, err, codes.Unauthenticated, `the call needs a valid token, as in "authorization: Bearer TOKEN"`)
}

func TestBadTokenFiles(t *testing.T) {
	path := filepath.Join(t.TempDir(), "tokens")
	for text, want := range map[string]string{
		"":                                      "there is no token in it",
		"# only this\n":                         "there is no token in it",
		"short\n":                               "the token in line 1 has 5 bytes; it needs 16",
		"0123456789abcdef\n0123456789 abcdef\n": "the token in line 2 has white space in it",
	} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := service.OpenTokens(path, slog.New(slog.DiscardHandler))
		if err == nil || !strings.HasSuffix(err.Error(), want) {
			t.Errorf("%q: got %v, want %s", text, err, want)
		}
	}
}

func TestSockets(t *testing.T) {
	path := filepath.Join(t.TempDir(), "pyc.sock")
	l := listen(t, "unix:"+path)
	s := startAt(t, l, nil, dialTo("unix", path))
	if info, err := os.Lstat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the socket file: %v, %v", info, err)
	}
	if _, err := s.Compile(timeout(t), request("x = 1\n", "x.py")); err != nil {
		t.Error(err)
	}
	if _, err := service.Listen(t.Context(), "unix:"+path); fmt.Sprint(err) != "another process listens at "+path {
		t.Errorf("listening twice: %v", err)
	}
	if err := s.server.Drain(timeout(t)); err != nil {
		t.Error(err)
	}
	if _, err := os.Lstat(path); !os.IsNotExist(err) {
		t.Errorf("the socket file is left behind: %v", err)
	}

	// What a process that was killed leaves behind is replaced.
	dead, err := net.ListenUnix("unix", &net.UnixAddr{Name: path, Net: "unix"})
	if err != nil {
		t.Fatal(err)
	}
	dead.SetUnlinkOnClose(false)
	dead.Close()
	listen(t, "unix:"+path).Close()

	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := service.Listen(t.Context(), "unix:"+path); fmt.Sprint(err) != path+" is there, and is no socket" {
		t.Errorf("listening at a file: %v", err)
	}
	for _, address := range []string{"unix:", "nonsense", "localhost:99999", "unix:" + filepath.Join(path, "below")} {
		if _, err := service.Listen(t.Context(), address); err == nil {
			t.Errorf("%q is listened at", address)
		}
	}
}
