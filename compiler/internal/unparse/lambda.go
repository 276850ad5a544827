package unparse

import "github.com/rules-pyc/rules_pyc/compiler/internal/ast"

// lambda writes a lambda. Faithful: without positional parameters there is no
// space behind the word, whatever else there is.
// CPython: ast_unparse.c, append_ast_lambda.
func (w *writer) lambda(e *ast.Lambda, level int) {
	w.open(level, levelTest)
	w.text("lambda")
	if len(e.Args.PosOnly)+len(e.Args.Args) > 0 {
		w.text(" ")
	}
	w.params(e.Args)
	w.text(": ")
	w.expr(e.Body, levelTest)
	w.closing(level, levelTest)
}

// params writes the parameters of a lambda.
// CPython: ast_unparse.c, append_ast_args.
func (w *writer) params(a *ast.Arguments) {
	n := len(a.PosOnly) + len(a.Args)
	for i := range n {
		w.comma(i)
		if i < len(a.PosOnly) {
			w.param(a.PosOnly[i])
		} else {
			w.param(a.Args[i-len(a.PosOnly)])
		}
		if d := i - n + len(a.Defaults); d >= 0 {
			w.text("=")
			w.expr(a.Defaults[d], levelTest)
		}
		if i+1 == len(a.PosOnly) {
			w.text(", /")
		}
	}
	if a.Vararg != nil || len(a.KwOnly) > 0 {
		w.comma(n)
		w.text("*")
		n++
		if a.Vararg != nil {
			w.param(a.Vararg)
		}
	}
	for i, p := range a.KwOnly {
		w.comma(n)
		n++
		w.param(p)
		if i < len(a.KwDefaults) && a.KwDefaults[i] != nil {
			w.text("=")
			w.expr(a.KwDefaults[i], levelTest)
		}
	}
	if a.Kwarg != nil {
		w.comma(n)
		w.text("**")
		w.param(a.Kwarg)
	}
}

// param writes a parameter. Those of lambdas have no annotations.
func (w *writer) param(p *ast.Arg) { w.name(p.Name) }
