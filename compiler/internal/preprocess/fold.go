package preprocess

import (
	"github.com/rules-pyc/rules_pyc/compiler/internal/arith"
	"github.com/rules-pyc/rules_pyc/compiler/internal/ast"
	"github.com/rules-pyc/rules_pyc/pyc"
	"github.com/rules-pyc/rules_pyc/pyver"
)

var binaryOps = [...]arith.Op{
	ast.Add: arith.Add, ast.Sub: arith.Subtract, ast.Mult: arith.Multiply, ast.MatMult: arith.MatrixMultiply,
	ast.Div: arith.TrueDivide, ast.Mod: arith.Remainder, ast.Pow: arith.Power, ast.LShift: arith.Lshift,
	ast.RShift: arith.Rshift, ast.BitOr: arith.Or, ast.BitXor: arith.Xor, ast.BitAnd: arith.And,
	ast.FloorDiv: arith.FloorDivide,
}

var unaryOps = [...]arith.UnaryOp{
	ast.Invert: arith.Invert, ast.Not: arith.Not, ast.UAdd: arith.Positive, ast.USub: arith.Negative,
}

// foldBinOp turns the formatting of a tuple into an f-string, and where the
// tree is folded an operation on constants into its result.
// CPython: ast_preprocess.c and ast_opt.c, fold_binop.
func (p *pass) foldBinOp(place *ast.Expr, e *ast.BinOp) {
	left, ok := e.Left.(*ast.Constant)
	if !ok {
		return
	}
	if t, ok := e.Right.(*ast.Tuple); ok && e.Op == ast.Mod && left.Value.Kind == ast.StrValue && !hasStarred(t.Elts) {
		p.format(place, left.Value.Text, t.Elts)
		return
	}
	if p.folds {
		p.binary(place, e)
	}
}

func hasStarred(list []ast.Expr) bool {
	for _, e := range list {
		if _, ok := e.(*ast.Starred); ok {
			return true
		}
	}
	return false
}

// binary puts the result of an operation on constants in its place, if there is
// one.
func (p *pass) binary(place *ast.Expr, e *ast.BinOp) {
	left, ok := e.Left.(*ast.Constant)
	if !ok {
		return
	}
	right, ok := e.Right.(*ast.Constant)
	if !ok {
		return
	}
	v, w := objectOf(left.Value), objectOf(right.Value)
	if !p.opts.Version.Has(pyver.MixesRealAndComplex) {
		v, w = sameKind(v, w)
	}
	p.result(place, p.arith.Binary(binaryOps[e.Op], v, w))
}

// sameKind makes a real operand complex if the other one is.
func sameKind(v, w pyc.Object) (_, _ pyc.Object) {
	_, complexV := v.(*pyc.Complex)
	_, complexW := w.(*pyc.Complex)
	switch {
	case complexV && !complexW:
		w = toComplex(w)
	case complexW && !complexV:
		v = toComplex(v)
	}
	return v, w
}

func toComplex(o pyc.Object) pyc.Object {
	zero := &pyc.Complex{}
	if sum := (arith.Arith{}).Binary(arith.Add, o, zero); sum != nil {
		return &pyc.Complex{Value: complex(real(sum.(*pyc.Complex).Value), 0)}
	}
	return o
}

// result puts a result in the place of an operation.
func (p *pass) result(place *ast.Expr, o pyc.Object) {
	if o != nil {
		p.replace(place, valueOf(o))
	}
}

// unary is binary for unary operations.
func (p *pass) unary(place *ast.Expr, e *ast.UnaryOp) {
	c, ok := e.Operand.(*ast.Constant)
	if !ok {
		return
	}
	v := objectOf(c.Value)
	if b, ok := v.(pyc.Singleton); ok && e.Op == ast.Invert {
		// Folding of ~True, which is to go from the language, is left out of
		// arith: no version that folds elsewhere has it.
		switch b {
		case pyc.True:
			v = &pyc.Int{Small: 1}
		case pyc.False:
			v = &pyc.Int{}
		}
	}
	p.result(place, p.arith.Unary(unaryOps[e.Op], v))
}

// foldUnaryOp evaluates a unary operation, and turns a negated "in" or "is" into
// "not in" or "is not". CPython: ast_opt.c, fold_unaryop.
func (p *pass) foldUnaryOp(place *ast.Expr, e *ast.UnaryOp) {
	if !p.folds {
		return
	}
	c, ok := e.Operand.(*ast.Compare)
	if !ok {
		p.unary(place, e)
		return
	}
	if e.Op != ast.Not || len(c.Ops) != 1 {
		return
	}
	switch c.Ops[0] {
	case ast.Is:
		c.Ops[0] = ast.IsNot
	case ast.IsNot:
		c.Ops[0] = ast.Is
	case ast.In:
		c.Ops[0] = ast.NotIn
	case ast.NotIn:
		c.Ops[0] = ast.In
	default:
		return
	}
	*place = c
}

// foldSubscript evaluates the subscript of a constant.
// CPython: ast_opt.c, fold_subscr.
func (p *pass) foldSubscript(place *ast.Expr, e *ast.Subscript) {
	if !p.folds || e.Ctx != ast.Load {
		return
	}
	container, ok := e.Value.(*ast.Constant)
	if !ok {
		return
	}
	if index, ok := e.Index.(*ast.Constant); ok {
		p.result(place, p.arith.Binary(arith.Subscr, objectOf(container.Value), objectOf(index.Value)))
	}
}

// foldTuple turns a tuple of constants into a constant.
// CPython: ast_opt.c, fold_tuple.
func (p *pass) foldTuple(place *ast.Expr, e *ast.Tuple) {
	if !p.folds || e.Ctx != ast.Load {
		return
	}
	if values, ok := constants(e.Elts); ok {
		p.replace(place, ast.Value{Kind: ast.TupleValue, Items: &ast.Items{Values: values}})
	}
}

// constants returns the values of expressions if all are constants.
// CPython: ast_opt.c, make_const_tuple.
func constants(list []ast.Expr) ([]ast.Value, bool) {
	for _, e := range list {
		if _, ok := e.(*ast.Constant); !ok {
			return nil, false
		}
	}
	values := make([]ast.Value, len(list))
	for i, e := range list {
		values[i] = e.(*ast.Constant).Value
	}
	return values, true
}

// foldCompare makes the container of a last "in" a constant.
// CPython: ast_opt.c, fold_compare.
func (p *pass) foldCompare(e *ast.Compare) {
	last := len(e.Ops) - 1
	if op := e.Ops[last]; op == ast.In || op == ast.NotIn {
		p.foldIter(&e.Comparators[last])
	}
}

// foldIter makes a list that is only iterated over a tuple, and a list or set
// of constants a constant. CPython: ast_opt.c, fold_iter.
func (p *pass) foldIter(place *ast.Expr) {
	if !p.folds {
		return
	}
	switch e := (*place).(type) {
	case *ast.List:
		if hasStarred(e.Elts) {
			return
		}
		if values, ok := constants(e.Elts); ok {
			p.replace(place, ast.Value{Kind: ast.TupleValue, Items: &ast.Items{Values: values}})
			return
		}
		*place = p.arena.NewTuple(e.Loc, e.Elts, e.Ctx)
	case *ast.Set:
		if values, ok := constants(e.Elts); ok {
			p.replace(place, ast.Value{Kind: ast.FrozenSetValue, Items: &ast.Items{Values: unique(values)}})
		}
	default: // nothing else is known to be only iterated over
	}
}
