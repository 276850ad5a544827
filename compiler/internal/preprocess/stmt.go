package preprocess

import (
	"github.com/rules-pyc/rules_pyc/compiler/internal/ast"
	"github.com/rules-pyc/rules_pyc/compiler/internal/diag"
	"github.com/rules-pyc/rules_pyc/compiler/internal/source"
)

func (p *pass) stmts(list []ast.Stmt) {
	if p.whole {
		for _, s := range list {
			p.stmt(s)
		}
		return
	}
	for _, s := range list {
		end := s.Span().End
		if p.around != finallyBlock && p.isAheadOf(end) {
			continue // there is nothing to do in it
		}
		p.stmt(s)
		for !p.isAheadOf(end) {
			p.places = p.places[1:]
		}
	}
}

// isAheadOf reports whether the next place is behind the end of a statement.
func (p *pass) isAheadOf(end source.Pos) bool { return len(p.places) == 0 || end.Before(p.places[0]) }

// within edits statements with a block around them.
func (p *pass) within(b block, list []ast.Stmt) {
	outer := p.around
	p.around = b
	p.stmts(list)
	p.around = outer
}

// stmt edits a statement. CPython: ast_preprocess.c, astfold_stmt.
func (p *pass) stmt(s ast.Stmt) {
	p.descend()
	switch s := s.(type) {
	case *ast.ExprStmt:
		p.expr(&s.Value)
	case *ast.Assign:
		p.exprs(s.Targets)
		p.expr(&s.Value)
	case *ast.Return:
		// Faithful: within a loop in the finally block, a return goes unnoticed.
		p.exit("return", s)
		p.optional(&s.Value)
	case *ast.If:
		p.expr(&s.Test)
		p.stmts(s.Body)
		p.stmts(s.OrElse)
	case *ast.FunctionDef:
		p.typeParams(s.TypeParams)
		p.arguments(s.Args)
		s.Body = p.functionBody(s.Body)
		p.exprs(s.Decorators)
		p.annotation(&s.Returns)
	case *ast.AsyncFunctionDef:
		p.typeParams(s.TypeParams)
		p.arguments(s.Args)
		s.Body = p.functionBody(s.Body)
		p.exprs(s.Decorators)
		p.annotation(&s.Returns)
	case *ast.ClassDef:
		p.typeParams(s.TypeParams)
		p.exprs(s.Bases)
		p.keywords(s.Keywords)
		s.Body = p.body(s.Body)
		p.exprs(s.Decorators)
	case *ast.AugAssign:
		p.expr(&s.Target)
		p.expr(&s.Value)
	case *ast.AnnAssign:
		p.expr(&s.Target)
		p.annotation(&s.Annotation)
		p.optional(&s.Value)
	case *ast.Break:
		p.exit("break", s)
	case *ast.Continue:
		p.exit("continue", s)
	case *ast.Import, *ast.ImportFrom, *ast.Global, *ast.Nonlocal, *ast.Pass:
	default:
		p.otherStmt(s)
	}
	p.depth--
}

// otherStmt edits the statements that programs have less of.
func (p *pass) otherStmt(s ast.Stmt) {
	switch s := s.(type) {
	case *ast.For:
		p.expr(&s.Target)
		p.expr(&s.Iter)
		p.within(loopBody, s.Body)
		p.stmts(s.OrElse)
		p.foldIter(&s.Iter)
	case *ast.AsyncFor:
		p.expr(&s.Target)
		p.expr(&s.Iter)
		p.within(loopBody, s.Body)
		p.stmts(s.OrElse)
	case *ast.While:
		p.expr(&s.Test)
		p.within(loopBody, s.Body)
		p.stmts(s.OrElse)
	case *ast.With:
		p.with(s.Items, s.Body)
	case *ast.AsyncWith:
		p.with(s.Items, s.Body)
	case *ast.Try:
		p.try(s.Body, s.Handlers, s.OrElse, s.Final)
	case *ast.TryStar:
		p.try(s.Body, s.Handlers, s.OrElse, s.Final)
	case *ast.Match:
		p.expr(&s.Subject)
		for _, c := range s.Cases {
			p.pattern(c.Pattern)
			p.optional(&c.Guard)
			p.stmts(c.Body)
		}
	case *ast.Raise:
		p.optional(&s.Exc)
		p.optional(&s.Cause)
	case *ast.Assert:
		p.expr(&s.Test)
		p.optional(&s.Msg)
	case *ast.Delete:
		p.exprs(s.Targets)
	case *ast.TypeAlias:
		p.expr(&s.Name)
		p.typeParams(s.TypeParams)
		p.expr(&s.Value)
	default:
		diag.Bugf("no preprocessing of a %T", s)
	}
}

func (p *pass) functionBody(list []ast.Stmt) []ast.Stmt {
	outer := p.around
	p.around = functionBody
	list = p.body(list)
	p.around = outer
	return list
}

// exit warns of a statement that leaves a finally block.
// CPython: ast_preprocess.c, before_return and before_loop_exit.
func (p *pass) exit(word string, s ast.Stmt) {
	if p.warns && p.around == finallyBlock {
		p.warnings = append(p.warnings, diag.Warning{
			Class: diag.SyntaxWarning, Msg: "'" + word + "' in a 'finally' block", Line: int(s.Span().Start.Line),
		})
	}
}

func (p *pass) with(items []*ast.WithItem, body []ast.Stmt) {
	for _, item := range items {
		p.expr(&item.Context)
		p.optional(&item.Vars)
	}
	p.stmts(body)
}

func (p *pass) try(body []ast.Stmt, handlers []*ast.ExceptHandler, orElse, final []ast.Stmt) {
	p.stmts(body)
	for _, h := range handlers {
		p.optional(&h.Type)
		p.stmts(h.Body)
	}
	p.stmts(orElse)
	p.within(finallyBlock, final)
}

func (p *pass) arguments(a *ast.Arguments) {
	p.args(a.PosOnly)
	p.args(a.Args)
	if a.Vararg != nil {
		p.annotation(&a.Vararg.Annotation)
	}
	p.args(a.KwOnly)
	p.optionals(a.KwDefaults)
	if a.Kwarg != nil {
		p.annotation(&a.Kwarg.Annotation)
	}
	p.exprs(a.Defaults)
}

func (p *pass) args(list []*ast.Arg) {
	for _, a := range list {
		p.annotation(&a.Annotation)
	}
}

// annotation edits an annotation, which may be absent.
func (p *pass) annotation(e *ast.Expr) {
	if !p.opts.TextAnnotations {
		p.optional(e)
	}
}

func (p *pass) typeParams(list []ast.TypeParam) {
	for _, t := range list {
		switch t := t.(type) {
		case *ast.TypeVar:
			p.optional(&t.Bound)
			p.optional(&t.Default)
		case *ast.ParamSpec:
			p.optional(&t.Default)
		case *ast.TypeVarTuple:
			p.optional(&t.Default)
		}
	}
}
