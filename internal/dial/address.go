package dial

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"
)

// An Address says where a server is and what to say to it first.
type Address struct {
	// Target is the server as gRPC names it: HOST:PORT or unix:PATH.
	Target string
	// Host is the name that a certificate has to be for; empty for a socket.
	Host string
	// TLS says that the connection is encrypted.
	TLS bool
	// User are the name and password to send with each call, or nil.
	User *url.Userinfo
	// Path is what follows the port, without slashes at its ends. REAPI
	// servers take it as the name of an instance.
	Path string
}

// ParseAddress reads an address as users give it:
//
//	grpc://HOST:PORT[/PATH]                    plain text
//	grpcs://[USER:PASSWORD@]HOST:PORT[/PATH]   TLS
//	unix:PATH                                  a socket of this machine
func ParseAddress(s string) (Address, error) {
	if path, ok := strings.CutPrefix(s, "unix:"); ok {
		if path = strings.TrimPrefix(path, "//"); path == "" {
			return Address{}, fmt.Errorf("address %q names no socket", s)
		}
		return Address{Target: "unix:" + path}, nil
	}
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "grpc" && u.Scheme != "grpcs" {
		return Address{}, fmt.Errorf("address %q is not grpc://HOST:PORT, grpcs://HOST:PORT or unix:PATH", withoutPassword(s))
	}
	host, port, err := net.SplitHostPort(u.Host)
	if err != nil || host == "" || port == "" {
		return Address{}, fmt.Errorf("address %q needs a host and a port, as in grpc://localhost:8980", u.Redacted())
	}
	if u.RawQuery != "" || u.Fragment != "" {
		return Address{}, fmt.Errorf("address %q has more than a host, a port and a path", u.Redacted())
	}
	a := Address{Target: u.Host, Host: host, TLS: u.Scheme == "grpcs", User: u.User, Path: strings.Trim(u.Path, "/")}
	if a.User != nil && !a.private() {
		return Address{}, fmt.Errorf("address %q: %w", u.Redacted(), errPlain)
	}
	return a, nil
}

// errPlain refuses to send what is secret for others to read.
var errPlain = errors.New("a password or token is sent over grpcs:// alone, or to this machine")

// private reports whether nobody but the server reads what is sent.
func (a Address) private() bool {
	if a.TLS || a.Host == "" || a.Host == "localhost" {
		return true
	}
	ip := net.ParseIP(a.Host)
	return ip != nil && ip.IsLoopback()
}

// withoutPassword removes what lies before an @ from a text that is no address.
func withoutPassword(s string) string {
	if i := strings.LastIndexByte(s, '@'); i >= 0 {
		return "…" + s[i:]
	}
	return s
}
