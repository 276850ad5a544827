package ast

// Docstring returns the constant that is the docstring of a body: its first
// statement, if that is a str and nothing else.
// CPython: ast.c, _PyAST_GetDocString.
func Docstring(body []Stmt) (*Constant, bool) {
	if len(body) == 0 {
		return nil, false
	}
	s, ok := body[0].(*ExprStmt)
	if !ok {
		return nil, false
	}
	c, ok := s.Value.(*Constant)
	return c, ok && c.Value.Kind == StrValue
}
