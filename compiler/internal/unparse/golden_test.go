package unparse_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/rules-pyc/rules_pyc/compiler/internal/ast"
	"github.com/rules-pyc/rules_pyc/compiler/internal/parser"
	"github.com/rules-pyc/rules_pyc/compiler/internal/source"
	"github.com/rules-pyc/rules_pyc/compiler/internal/unparse"
	"github.com/rules-pyc/rules_pyc/internal/golden"
	"github.com/rules-pyc/rules_pyc/pyver"
)

const archives = "testdata/*.txtar"

// TestGolden compares the text of expressions with that of real CPythons.
func TestGolden(t *testing.T) {
	golden.Each(t, archives, func(t *testing.T, v pyver.Version, cases []golden.Case) {
		p := parser.New(v)
		for _, c := range cases {
			var pairs [][2]string
			if err := json.Unmarshal([]byte(c.Want), &pairs); err != nil {
				t.Fatal(err)
			}
			for _, pair := range pairs {
				if got, err := rewrite(p, v, pair[0]); err != nil || got != pair[1] {
					t.Errorf("%s\ngot  %s %v\nwant %s", pair[0], got, err, pair[1])
				}
			}
		}
	})
}

// TestDigits writes ints around the length that CPython refuses.
func TestDigits(t *testing.T) {
	for _, test := range []struct {
		expr string
		want error
	}{
		{"0x" + strings.Repeat("f", 3500), nil},
		{"-0x" + strings.Repeat("f", 3600), unparse.ErrDigits},
	} {
		if _, err := rewrite(parser.New(pyver.Default), pyver.Default, test.expr); !errors.Is(err, test.want) {
			t.Errorf("%.10s…: got %v, want %v", test.expr, err, test.want)
		}
	}
}

// FuzzAppend looks for panics, and for text that depends on what is in front of
// it.
func FuzzAppend(f *testing.F) {
	for _, s := range golden.Sources(f, archives) {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, src string) {
		for _, v := range pyver.All() {
			file, err := source.Decode("x.py", []byte(src), pyver.Default)
			if err != nil {
				return
			}
			tree, err := parser.New(v).Parse(file)
			if err != nil {
				continue
			}
			for _, s := range tree.Module.Body {
				s, ok := s.(*ast.ExprStmt)
				if !ok {
					continue
				}
				alone, err1 := unparse.Append(nil, s.Value, tree.Names, v)
				behind, err2 := unparse.Append([]byte("{"), s.Value, tree.Names, v)
				if string(behind) != "{"+string(alone) || !errors.Is(err2, err1) {
					t.Errorf("%v: got %q %v, and %q %v behind a brace", v, alone, err1, behind, err2)
				}
			}
		}
	})
}

// BenchmarkAppend writes the expressions of an archive.
func BenchmarkAppend(b *testing.B) {
	text := golden.Sources(b, "testdata/expressions.txtar")[0]
	file, err := source.Decode("x.py", []byte(text), pyver.Default)
	if err != nil {
		b.Fatal(err)
	}
	tree, err := parser.New(pyver.Default).Parse(file)
	if err != nil {
		b.Fatal(err)
	}
	var buf []byte
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		for _, s := range tree.Module.Body {
			if s, ok := s.(*ast.ExprStmt); ok {
				buf, _ = unparse.Append(buf[:0], s.Value, tree.Names, pyver.Default)
			}
		}
	}
}
