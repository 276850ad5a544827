package parser

import "github.com/rules-pyc/rules_pyc/compiler/internal/ast"

// nested is the state of a parser of an f-string's field.
type nested struct{}

func (p *Parser) stringsNested(mark int) ast.Expr {
	_ = mark
	p.fail()
	return nil
}
