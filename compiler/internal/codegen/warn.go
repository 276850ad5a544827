package codegen

import "github.com/rules-pyc/rules_pyc/compiler/internal/ast"

// typeName returns the type of an expression's value, as far as the expression
// shows it, "" otherwise.
//
// CPython: codegen.c, infer_type.
func typeName(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Tuple:
		return "tuple"
	case *ast.List, *ast.ListComp:
		return "list"
	case *ast.Dict, *ast.DictComp:
		return "dict"
	case *ast.Set, *ast.SetComp:
		return "set"
	case *ast.GeneratorExp:
		return "generator"
	case *ast.Lambda:
		return "function"
	case *ast.TemplateStr, *ast.Interpolation:
		return "string.templatelib.Template"
	case *ast.JoinedStr, *ast.FormattedValue:
		return "str"
	case *ast.Constant:
		return valueTypes[e.Value.Kind]
	}
	return ""
}

var valueTypes = [...]string{
	ast.NoneValue: "NoneType", ast.FalseValue: "bool", ast.TrueValue: "bool", ast.EllipsisValue: "ellipsis",
	ast.IntValue: "int", ast.FloatValue: "float", ast.ComplexValue: "complex", ast.StrValue: "str",
	ast.BytesValue: "bytes", ast.TupleValue: "tuple", ast.FrozenSetValue: "frozenset",
}

// isArg reports whether an operand of "is" makes sense there: it is not a
// constant other than the named singletons.
//
// CPython: codegen.c, check_is_arg.
func isArg(e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.Tuple:
		for _, elt := range e.Elts {
			if _, ok := elt.(*ast.Constant); !ok {
				return true
			}
		}
		return false
	case *ast.Constant:
		switch e.Value.Kind {
		case ast.NoneValue, ast.FalseValue, ast.TrueValue, ast.EllipsisValue:
			return true
		}
		return false
	}
	return true
}

// checkCompare warns of "is" with a literal.
//
// CPython: codegen.c, codegen_check_compare.
func (c *Compiler) checkCompare(e *ast.Compare) {
	left, leftOK := e.Left, isArg(e.Left)
	for i, op := range e.Ops {
		right := e.Comparators[i]
		rightOK := isArg(right)
		if (op == ast.Is || op == ast.IsNot) && !(leftOK && rightOK) {
			literal := right
			if !leftOK {
				literal = left
			}
			if op == ast.Is {
				c.warn(e.Loc, `"is" with '`+typeName(literal)+`' literal. Did you mean "=="?`)
			} else {
				c.warn(e.Loc, `"is not" with '`+typeName(literal)+`' literal. Did you mean "!="?`)
			}
			return
		}
		left, leftOK = right, rightOK
	}
}

// checkCaller warns of a call of a literal.
//
// CPython: codegen.c, check_caller.
func (c *Compiler) checkCaller(e ast.Expr) {
	if _, ok := e.(*ast.Lambda); ok {
		return
	}
	if t := typeName(e); t != "" {
		c.warn(e.Span(), "'"+t+"' object is not callable; perhaps you missed a comma?")
	}
}

// checkSubscripter warns of a subscript of a literal that has no items.
//
// CPython: codegen.c, check_subscripter.
func (c *Compiler) checkSubscripter(e ast.Expr) {
	switch e := e.(type) {
	case *ast.Constant:
		switch e.Value.Kind {
		case ast.NoneValue, ast.EllipsisValue, ast.IntValue, ast.FalseValue, ast.TrueValue, ast.FloatValue, ast.ComplexValue, ast.FrozenSetValue:
		default:
			return
		}
	case *ast.Set, *ast.SetComp, *ast.GeneratorExp, *ast.TemplateStr, *ast.Interpolation, *ast.Lambda:
	default:
		return
	}
	c.warn(e.Span(), "'"+typeName(e)+"' object is not subscriptable; perhaps you missed a comma?")
}

// checkIndex warns of an index that a literal sequence does not take.
//
// CPython: codegen.c, check_index.
func (c *Compiler) checkIndex(e, index ast.Expr) {
	t := typeName(index)
	switch t {
	case "", "int", "bool":
		return
	}
	switch e := e.(type) {
	case *ast.Constant:
		switch e.Value.Kind {
		case ast.StrValue, ast.BytesValue, ast.TupleValue:
		default:
			return
		}
	case *ast.Tuple, *ast.List, *ast.ListComp, *ast.JoinedStr, *ast.FormattedValue:
	default:
		return
	}
	c.warn(e.Span(), typeName(e)+" indices must be integers or slices, not "+t+"; perhaps you missed a comma?")
}
