package preprocess

import "github.com/rules-pyc/rules_pyc/compiler/internal/ast"

func (p *pass) patterns(list []ast.Pattern) {
	for _, pattern := range list {
		p.pattern(pattern)
	}
}

// pattern edits a pattern. CPython: ast_preprocess.c, astfold_pattern.
func (p *pass) pattern(pattern ast.Pattern) {
	p.descend()
	switch n := pattern.(type) {
	case *ast.MatchValue:
		p.patternValue(&n.Value)
	case *ast.MatchSequence:
		p.patterns(n.Patterns)
	case *ast.MatchMapping:
		for i := range n.Keys {
			p.patternValue(&n.Keys[i])
		}
		p.patterns(n.Patterns)
	case *ast.MatchClass:
		p.expr(&n.Class)
		p.patterns(n.Patterns)
		p.patterns(n.KeywordPatterns)
	case *ast.MatchAs:
		if n.Pattern != nil {
			p.pattern(n.Pattern)
		}
	case *ast.MatchOr:
		p.patterns(n.Patterns)
	case *ast.MatchSingleton, *ast.MatchStar:
	}
	p.depth--
}

// patternValue edits an expression in a pattern: a number with signs becomes
// one constant. CPython: ast_preprocess.c, fold_const_match_patterns.
func (p *pass) patternValue(place *ast.Expr) {
	if p.folds {
		p.expr(place)
		return
	}
	switch e := (*place).(type) {
	case *ast.UnaryOp:
		if e.Op == ast.USub || e.Op == ast.UAdd {
			p.unary(place, e)
		}
	case *ast.BinOp:
		if _, ok := e.Right.(*ast.Constant); ok && (e.Op == ast.Add || e.Op == ast.Sub) {
			p.patternValue(&e.Left)
			p.binary(place, e)
		}
	default: // a constant or a name
	}
}
