// Package dial connects to gRPC servers with addresses, certificates and
// credentials as users give them on a command line.
//
// Secrets go to the server alone: a password or token is sent over TLS or to
// this machine, never in plain text over a network, and appears in no error.
package dial

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/backoff"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
)

// Config is how to connect. The zero Config trusts the certificates that the
// system trusts, and sends no credentials but those of the address.
type Config struct {
	// CA is a PEM file of the authorities to trust in the place of the
	// system's.
	CA string
	// Cert and Key are PEM files of a certificate to show to the server and of
	// its key: both or none.
	Cert, Key string
	// TokenFile holds a bearer token. It is read anew for each call, so that
	// the token may be replaced while the process runs.
	TokenFile string
	// Headers are sent with each call, each NAME=VALUE, or NAME=@FILE for the
	// text of a file, which is read anew for each call.
	Headers []string
	// UserAgent is the name and version of the program.
	UserAgent string
}

// Dial returns a connection to the server at an address. It is made when it is
// first used, and made again when it breaks: the errors here are those of the
// address and of the files.
func (c Config) Dial(a Address, more ...grpc.DialOption) (*grpc.ClientConn, error) {
	transport, err := c.transport(a)
	if err != nil {
		return nil, err
	}
	headers, err := c.headers(a)
	if err != nil {
		return nil, err
	}
	options := []grpc.DialOption{
		grpc.WithTransportCredentials(transport),
		grpc.WithUserAgent(c.UserAgent),
		// gRPC's own would wait up to two minutes before it tries again.
		grpc.WithConnectParams(grpc.ConnectParams{
			Backoff:           backoff.Config{BaseDelay: 100 * time.Millisecond, Multiplier: 1.6, Jitter: 0.2, MaxDelay: 5 * time.Second},
			MinConnectTimeout: 5 * time.Second,
		}),
	}
	if len(headers) > 0 {
		options = append(options, grpc.WithPerRPCCredentials(headers))
	}
	conn, err := grpc.NewClient(a.Target, append(options, more...)...)
	if err != nil {
		return nil, fmt.Errorf("connecting to %s: %w", a.Target, err)
	}
	return conn, nil
}

// transport returns what encrypts the connection.
func (c Config) transport(a Address) (credentials.TransportCredentials, error) {
	if (c.Cert == "") != (c.Key == "") {
		return nil, errors.New("a certificate needs its key, and a key its certificate")
	}
	if !a.TLS {
		return insecure.NewCredentials(), nil
	}
	config := &tls.Config{ServerName: a.Host, MinVersion: tls.VersionTLS12}
	if c.CA != "" {
		pem, err := os.ReadFile(c.CA)
		if err != nil {
			return nil, fmt.Errorf("reading certificates of authorities: %w", err)
		}
		config.RootCAs = x509.NewCertPool()
		if !config.RootCAs.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("%s holds no certificate in PEM form", c.CA)
		}
	}
	if c.Cert != "" {
		pair, err := tls.LoadX509KeyPair(c.Cert, c.Key)
		if err != nil {
			return nil, fmt.Errorf("reading certificate %s with key %s: %w", c.Cert, c.Key, err)
		}
		config.Certificates = []tls.Certificate{pair}
	}
	return credentials.NewTLS(config), nil
}
