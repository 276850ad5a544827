// Package compilev1 holds the messages of the compile service, and its client
// and server interfaces. They are generated from compile.proto, which is the
// service's documentation; package service is the server.
package compilev1
