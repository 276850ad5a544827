// Package conformance compares the compiler with real CPython interpreters,
// over whole source trees and stage by stage. It has tests only; each skips,
// with the reason, where its interpreter is absent.
package conformance
