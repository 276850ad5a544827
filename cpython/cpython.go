// Package cpython compiles Python modules with real CPython interpreters. It
// is the oracle that other compilers are verified against, and the compiler
// for versions that have no other.
//
// The bytes are those of the declared reference: what py_compile.compile
// writes after the header in a process that has just been started, isolated
// from environment and site, and has imported nothing but py_compile. CPython
// gives other bytes for some sources once its process has compiled or imported
// something else, because the process-wide table of interned strings decides
// which strings are shared. So an interpreter imports py_compile, never
// compiles anything, and forks a child for each module: a process in the state
// of the reference for the price of a fork.
//
// A [Pool] starts interpreters when they are needed and keeps them for later
// requests. What goes wrong in one (a crash, a hang, a kill) fails the request
// that it was at work on and nothing else. The package works on Unix only,
// since it needs fork; elsewhere it compiles and every request fails.
package cpython
