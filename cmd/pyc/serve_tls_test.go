//go:build !offline

package main

import (
	"crypto/x509"
	"encoding/pem"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// pemFiles writes a certificate for 127.0.0.1, which is its own authority, and
// its key.
func pemFiles(t *testing.T) (cert, key string) {
	t.Helper()
	s := httptest.NewTLSServer(nil)
	defer s.Close()
	pkcs8, err := x509.MarshalPKCS8PrivateKey(s.TLS.Certificates[0].PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	cert, key = filepath.Join(dir, "srv.crt"), filepath.Join(dir, "srv.key")
	for path, block := range map[string]*pem.Block{
		cert: {Type: "CERTIFICATE", Bytes: s.Certificate().Raw},
		key:  {Type: "PRIVATE KEY", Bytes: pkcs8},
	} {
		if err := os.WriteFile(path, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return cert, key
}

// The flags of the service and those of its clients belong together.
func TestServeSecured(t *testing.T) {
	cert, key := pemFiles(t)
	dir := t.TempDir()
	tokens, token, wrong := filepath.Join(dir, "tokens"), filepath.Join(dir, "token"), filepath.Join(dir, "wrong")
	source := filepath.Join(dir, "a.py")
	for path, text := range map[string]string{
		tokens: "# for builds\n0123456789abcdef\n", token: "0123456789abcdef\n", wrong: "fedcba9876543210\n", source: "x = 1\n",
	} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	s := startServe(t, "--tls-cert", cert, "--tls-key", key, "--token-file", tokens)
	for _, test := range []struct {
		flags string
		code  int
		want  string
	}{
		{"--remote grpcs://ADDRESS --remote-ca CERT --remote-token-file TOKEN", exitOK, ""},
		{"--remote grpcs://ADDRESS --remote-ca CERT", exitFailed, "says: the call needs a valid token"},
		{"--remote grpcs://ADDRESS --remote-ca CERT --remote-token-file WRONG", exitFailed, "says: the call needs a valid token"},
		{"--remote grpcs://ADDRESS --remote-token-file TOKEN --remote-retry 0", exitFailed, "certificate signed by unknown authority"},
		{"--remote grpc://ADDRESS --remote-token-file TOKEN --remote-retry 0", exitFailed, "does not answer"},
	} {
		t.Run(test.flags, func(t *testing.T) {
			flags := strings.NewReplacer("ADDRESS", s.address, "CERT", cert, "TOKEN", token, "WRONG", wrong).Replace(test.flags)
			code, _, stderr := pycs(append([]string{"compile", "--out", t.TempDir(), source}, strings.Fields(flags)...)...)
			if code != test.code || !strings.Contains(stderr, test.want) {
				t.Errorf("got %d: %s\nwant %d: %s", code, stderr, test.code, test.want)
			}
		})
	}
	for _, message := range s.messages() {
		if strings.Contains(message, "0123456789") {
			t.Errorf("a token is in the log: %s", message)
		}
	}
}
