// Package conformance compares the compiler with real CPython interpreters,
// over whole source trees and stage by stage. It has tests only; each skips,
// with the reason, where its interpreter is absent.
//
// Tests of random sources are short by default, and the same each time. To look
// for more for an hour, with what another seed gives:
//
//	PYC_SECONDS=3600 PYC_SEED=2 PYC_REQUIRE_PYTHONS=3.14 go test -timeout 2h -v -run TestFuzz ./conformance
//
// What TestFuzz reports is reduced to what causes it. Once it is mended, it
// becomes a case of compiler/testdata/errors/cases.py.
package conformance
