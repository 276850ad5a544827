//go:build !offline

package main

import (
	"github.com/spf13/pflag"

	"github.com/rules-pyc/rules_pyc/internal/dial"
)

// connectionFlags say how to connect to servers: those of all flags of a verb
// that name one.
type connectionFlags struct {
	dial.Config
	registered bool
}

// register adds the flags, with a prefix such as "remote-", unless they are
// there already.
func (f *connectionFlags) register(flags *pflag.FlagSet, prefix string) {
	if f.registered {
		return
	}
	f.registered = true
	flags.StringVar(&f.CA, prefix+"ca", "", "PEM `FILE` of the authorities that servers' certificates may come from (default: the system's)")
	flags.StringVar(&f.Cert, prefix+"cert", "", "PEM `FILE` of a certificate to show to servers")
	flags.StringVar(&f.Key, prefix+"key", "", "PEM `FILE` of the key of that certificate")
	flags.StringVar(&f.TokenFile, prefix+"token-file", "", "`FILE` with a bearer token to send to servers; read anew for each call")
	flags.StringArrayVar(&f.Headers, prefix+"header", nil, "`NAME=VALUE` to send to servers, or NAME=@FILE; repeatable")
	f.UserAgent = "rules_pyc/" + buildVersion()
}
