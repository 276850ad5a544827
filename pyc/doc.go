// Package pyc holds .pyc files as Go values: the header, the code objects and
// their constants, for every supported version, and the names such files have.
//
// It takes bytes and gives values, and the other way round. What it reads it
// writes back byte for byte: a value keeps everything that CPython's marshal
// format records, the sharing of objects included. What CPython would not have
// written it refuses, with the offset; input is never trusted, and reading it
// takes time and memory in proportion to its length.
//
// A value read from a file is a tree only to the eye. Objects are shared, so
// that walking every path to every object can take exponential time; Objects
// and Codes visit each object once.
package pyc
