package preprocess

import (
	"math"

	"github.com/rules-pyc/rules_pyc/compiler/internal/arith"
	"github.com/rules-pyc/rules_pyc/compiler/internal/ast"
	"github.com/rules-pyc/rules_pyc/pyc"
)

// objectOf returns a constant of the tree as an object to calculate with.
func objectOf(v ast.Value) pyc.Object {
	switch v.Kind {
	case ast.NoneValue:
		return pyc.None
	case ast.FalseValue:
		return pyc.False
	case ast.TrueValue:
		return pyc.True
	case ast.EllipsisValue:
		return pyc.Ellipsis
	case ast.IntValue:
		if v.Big != nil {
			return &pyc.Int{Big: v.Big}
		}
		return &pyc.Int{Small: int64(v.Bits)}
	case ast.FloatValue:
		return &pyc.Float{Value: math.Float64frombits(v.Bits)}
	case ast.ComplexValue:
		return &pyc.Complex{Value: v.Complex()}
	case ast.StrValue:
		return &pyc.Str{Value: v.Text}
	case ast.BytesValue:
		return &pyc.Bytes{Value: []byte(v.Text)}
	case ast.TupleValue:
		return &pyc.Tuple{Items: objectsOf(v.Items.Values)}
	case ast.FrozenSetValue:
		return &pyc.FrozenSet{Items: objectsOf(v.Items.Values)}
	}
	return nil
}

func objectsOf(values []ast.Value) []pyc.Object {
	objects := make([]pyc.Object, len(values))
	for i, v := range values {
		objects[i] = objectOf(v)
	}
	return objects
}

// valueOf is the inverse of objectOf.
func valueOf(o pyc.Object) ast.Value {
	switch o := o.(type) {
	case pyc.Singleton:
		switch o {
		case pyc.True:
			return ast.Value{Kind: ast.TrueValue}
		case pyc.False:
			return ast.Value{Kind: ast.FalseValue}
		case pyc.Ellipsis:
			return ast.Value{Kind: ast.EllipsisValue}
		case pyc.None, pyc.StopIteration:
		}
	case *pyc.Int:
		if o.Big != nil && !o.Big.IsInt64() {
			return ast.Value{Kind: ast.IntValue, Big: o.Big}
		}
		if o.Big != nil {
			return ast.IntOf(o.Big.Int64())
		}
		return ast.IntOf(o.Small)
	case *pyc.Float:
		return ast.Value{Kind: ast.FloatValue, Bits: math.Float64bits(o.Value)}
	case *pyc.Complex:
		return ast.Value{
			Kind: ast.ComplexValue, Bits: math.Float64bits(imag(o.Value)),
			Items: &ast.Items{Real: math.Float64bits(real(o.Value))},
		}
	case *pyc.Str:
		return ast.StrOf(o.Value)
	case *pyc.Bytes:
		return ast.Value{Kind: ast.BytesValue, Text: string(o.Value)}
	case *pyc.Tuple:
		return ast.Value{Kind: ast.TupleValue, Items: &ast.Items{Values: valuesOf(o.Items)}}
	case *pyc.FrozenSet:
		return ast.Value{Kind: ast.FrozenSetValue, Items: &ast.Items{Values: valuesOf(o.Items)}}
	}
	return ast.Value{Kind: ast.NoneValue}
}

func valuesOf(objects []pyc.Object) []ast.Value {
	values := make([]ast.Value, len(objects))
	for i, o := range objects {
		values[i] = valueOf(o)
	}
	return values
}

// unique returns the items of a set that is built from values.
func unique(values []ast.Value) []ast.Value {
	return valuesOf(arith.Unique(objectsOf(values)))
}
