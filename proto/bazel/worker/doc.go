// Package worker holds Bazel's worker protocol as Go messages. The messages are
// generated from worker_protocol.proto; package worker at the root of the
// module speaks the protocol.
package worker

// All protocol buffers of the module are generated at once. That the result is
// current shows when this leaves the repository unchanged.
//go:generate go run github.com/bufbuild/buf/cmd/buf@v1.66.0 generate --template ../../buf.gen.yaml --output ../.. ../..
