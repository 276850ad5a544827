// Package service is the gRPC service that compiles: the server's side of
// proto/pyc/compile/v1. Package service/client is the other side.
//
// Its invariants: every call ends, with an answer or with a status that says
// why not. What it has accepted it finishes, or it says that it did not. Memory
// is bounded, whatever clients do: what does not fit waits with its sender, or
// is refused by a status that names the limit. Without the token, if one is
// needed, nobody gets as far as having a message read.
package service
