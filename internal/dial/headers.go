package dial

import (
	"context"
	"encoding/base64"
	"fmt"
	"net/url"
	"os"
	"strings"
)

// headers are sent with each call. They are gRPC's PerRPCCredentials.
type headers []header

// A header is a name and where its value comes from.
type header struct {
	name  string
	value string // or, if there is a file, what to put before its text
	file  string
}

// headers returns what to send to an address.
func (c Config) headers(a Address) (headers, error) {
	var all headers
	if a.User != nil {
		all = append(all, header{name: "authorization", value: basic(a.User)})
	}
	if c.TokenFile != "" {
		all = append(all, header{name: "authorization", value: "Bearer ", file: c.TokenFile})
	}
	for _, pair := range c.Headers {
		name, value, ok := strings.Cut(pair, "=")
		if !ok || name == "" {
			return nil, fmt.Errorf("header %q is not NAME=VALUE or NAME=@FILE", name)
		}
		h := header{name: strings.ToLower(name), value: value}
		if file, ok := strings.CutPrefix(value, "@"); ok {
			h.value, h.file = "", file
		}
		all = append(all, h)
	}
	if len(all) > 0 && !a.private() {
		return nil, fmt.Errorf("%s: %w", a.Target, errPlain)
	}
	// What cannot be read is better said now than with each call.
	_, err := all.GetRequestMetadata(context.Background())
	return all, err
}

// basic returns the credentials of RFC 7617.
func basic(u *url.Userinfo) string {
	password, _ := u.Password()
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(u.Username()+":"+password))
}

// GetRequestMetadata returns the headers of one call.
func (h headers) GetRequestMetadata(context.Context, ...string) (map[string]string, error) {
	all := make(map[string]string, len(h))
	for _, each := range h {
		value := each.value
		if each.file != "" {
			text, err := os.ReadFile(each.file)
			if err != nil {
				return nil, fmt.Errorf("reading header %s: %w", each.name, err)
			}
			value += strings.TrimSpace(string(text))
		}
		if _, ok := all[each.name]; ok {
			return nil, fmt.Errorf("header %s is given twice", each.name)
		}
		all[each.name] = value
	}
	return all, nil
}

// RequireTransportSecurity is for gRPC. What is secret has been kept from
// networks in plain text by then: gRPC knows no sockets and loopback.
func (headers) RequireTransportSecurity() bool { return false }
