package service

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"net"

	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
)

// A TLSFiles names PEM files. They may be replaced while the process runs.
type TLSFiles struct {
	Cert, Key string
	// ClientCA are the authorities of the certificates that clients need;
	// empty means that clients need none.
	ClientCA string
}

// Config returns the configuration of a server with the files.
func (f TLSFiles) Config(log *slog.Logger) (*tls.Config, error) {
	pair, err := load(log, parsePair, f.Cert, f.Key)
	if err != nil {
		return nil, fmt.Errorf("reading certificate and key: %w", err)
	}
	config := &tls.Config{
		MinVersion: tls.VersionTLS12,
		GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) {
			return pair.get(), nil
		},
		NextProtos: []string{"h2"},
	}
	if f.ClientCA == "" {
		return config, nil
	}
	pool, err := load(log, parsePool, f.ClientCA)
	if err != nil {
		return nil, fmt.Errorf("reading authorities of clients: %w", err)
	}
	config.ClientAuth = tls.RequireAndVerifyClientCert
	config.ClientCAs = pool.get()
	config.GetConfigForClient = func(*tls.ClientHelloInfo) (*tls.Config, error) {
		c := config.Clone()
		c.ClientCAs = pool.get()
		return c, nil
	}
	return config, nil
}

func parsePair(contents [][]byte) (*tls.Certificate, error) {
	pair, err := tls.X509KeyPair(contents[0], contents[1])
	return &pair, err
}

func parsePool(contents [][]byte) (*x509.CertPool, error) {
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(contents[0]) {
		return nil, errors.New("there is no certificate in PEM form in it")
	}
	return pool, nil
}

// transport is the credentials of the server's connections: TLS by TCP, if
// there is any, and none by socket files, which the file system guards.
type transport struct {
	credentials.TransportCredentials // for TCP
	local                            credentials.TransportCredentials
	server                           *Server
}

func newTransport(s *Server, config *tls.Config) credentials.TransportCredentials {
	t := &transport{TransportCredentials: insecure.NewCredentials(), local: insecure.NewCredentials(), server: s}
	if config != nil {
		t.TransportCredentials = credentials.NewTLS(config)
	}
	return t
}

// ServerHandshake makes a connection ready.
func (t *transport) ServerHandshake(conn net.Conn) (net.Conn, credentials.AuthInfo, error) {
	if conn.LocalAddr().Network() == "unix" {
		return t.local.ServerHandshake(conn)
	}
	ready, info, err := t.TransportCredentials.ServerHandshake(conn)
	if err != nil {
		t.server.metrics.handshakesRefused.Inc()
		t.server.log.LogAttrs(context.Background(), slog.LevelInfo, "handshake refused",
			append(addressOf(conn.RemoteAddr()), slog.Any("error", err))...)
	}
	return ready, info, err
}

// Clone is for gRPC.
func (t *transport) Clone() credentials.TransportCredentials {
	return &transport{t.TransportCredentials.Clone(), t.local.Clone(), t.server}
}

// certificateSubject returns whose certificate a client has shown.
func certificateSubject(info credentials.AuthInfo) string {
	if t, ok := info.(credentials.TLSInfo); ok && len(t.State.PeerCertificates) > 0 {
		return t.State.PeerCertificates[0].Subject.String()
	}
	return ""
}
