package codegen

import (
	"math"
	"math/big"

	"github.com/rules-pyc/rules_pyc/compiler/internal/ast"
	"github.com/rules-pyc/rules_pyc/compiler/internal/names"
	"github.com/rules-pyc/rules_pyc/pyc/opcode"
	"github.com/rules-pyc/rules_pyc/pyc/pyrepr"
)

// patternMapping generates a mapping pattern.
//
// CPython: codegen.c, codegen_pattern_mapping.
func (c *Compiler) patternMapping(p *ast.MatchMapping, pc *patternContext) {
	size := len(p.Keys)
	pc.onTop++ // the subject
	c.add(p.Loc, opcode.MatchMapping)
	c.jumpToFailPop(p.Loc, pc, opcode.PopJumpIfFalse)
	if size == 0 && p.Rest == names.None {
		pc.onTop--
		c.add(p.Loc, opcode.PopTop)
		return
	}
	if size > 0 {
		c.sizeCheck(p.Loc, pc, ast.GtE, size)
	}
	c.mappingKeys(p)
	c.addI(p.Loc, opcode.BuildTuple, int32(size))
	c.add(p.Loc, opcode.MatchKeys)
	pc.onTop += 2 // a tuple of keys, and one of values, or None
	c.notNoneCheck(p.Loc, pc)
	c.addI(p.Loc, opcode.UnpackSequence, int32(size))
	pc.onTop += size - 1
	for _, sub := range p.Patterns {
		pc.onTop--
		c.subpattern(sub, pc)
	}
	pc.onTop -= 2
	if p.Rest != names.None {
		c.mappingRest(p, pc)
		return
	}
	c.add(p.Loc, opcode.PopTop) // the keys
	c.add(p.Loc, opcode.PopTop) // the subject
}

// mappingRest binds a dict of the items that have no key in the pattern.
func (c *Compiler) mappingRest(p *ast.MatchMapping, pc *patternContext) {
	c.addI(p.Loc, opcode.BuildMap, 0)                        // [subject, keys, dict]
	c.addI(p.Loc, opcode.Swap, 3)                            // [dict, keys, subject]
	c.addI(p.Loc, opcode.DictUpdate, 2)                      // [dict, keys]
	c.addI(p.Loc, opcode.UnpackSequence, int32(len(p.Keys))) // [dict, key, …]
	for size := len(p.Keys); size > 0; size-- {
		c.addI(p.Loc, opcode.Copy, int32(1+size)) // [dict, key, …, dict]
		c.addI(p.Loc, opcode.Swap, 2)             // [dict, key, …, dict, key]
		c.add(p.Loc, opcode.DeleteSubscr)
	}
	c.storeName(p.Loc, p.Rest, pc)
}

// mappingKeys loads the keys of a mapping pattern, which are literals, all
// different, and attributes.
//
// CPython: codegen.c, codegen_pattern_mapping_key.
func (c *Compiler) mappingKeys(p *ast.MatchMapping) {
	var seen map[constantKey]bool
	for _, key := range p.Keys {
		switch key := key.(type) {
		case *ast.Constant:
			if seen == nil {
				seen = map[constantKey]bool{}
			}
			k := c.keyOf(&key.Value)
			if seen[k] {
				c.fail(p.Loc, "mapping pattern checks duplicate key ("+c.repr(&key.Value)+")")
			}
			seen[k] = true
		case *ast.Attribute:
		default:
			c.fail(p.Loc, "mapping pattern keys may only match literals and attribute lookups")
		}
		c.expr(key)
	}
}

func (c *Compiler) repr(v *ast.Value) string {
	return string(pyrepr.Append(nil, c.object(v), c.version, math.MaxInt32))
}

// A constantKey is the same for constants that Python finds equal.
type constantKey struct {
	kind   ast.ValueKind
	re, im uint64 // bits
	text   string
}

// keyOf returns the key of a constant. Numbers of different types may be equal.
func (c *Compiler) keyOf(v *ast.Value) constantKey {
	switch v.Kind {
	case ast.FalseValue:
		return constantKey{kind: ast.IntValue}
	case ast.TrueValue:
		return constantKey{kind: ast.IntValue, re: 1}
	case ast.IntValue:
		if v.Big != nil {
			return constantKey{kind: ast.IntValue, text: v.Big.String()}
		}
		return constantKey{kind: ast.IntValue, re: v.Bits}
	case ast.FloatValue:
		return floatKey(math.Float64frombits(v.Bits))
	case ast.ComplexValue:
		z := complexOf(v)
		if imag(z) == 0 {
			return floatKey(real(z))
		}
		return constantKey{kind: ast.ComplexValue, re: math.Float64bits(real(z) + 0), im: math.Float64bits(imag(z))}
	case ast.StrValue, ast.BytesValue:
		return constantKey{kind: v.Kind, text: v.Text}
	}
	return constantKey{kind: v.Kind}
}

// floatKey returns the key of a float, which is that of an int if it has no
// fraction.
func floatKey(f float64) constantKey {
	if f != math.Trunc(f) || math.IsInf(f, 0) {
		return constantKey{kind: ast.FloatValue, re: math.Float64bits(f)}
	}
	if math.Abs(f) < 1<<62 {
		return constantKey{kind: ast.IntValue, re: uint64(int64(f))}
	}
	i, _ := big.NewFloat(f).Int(nil)
	if i.IsInt64() {
		return constantKey{kind: ast.IntValue, re: uint64(i.Int64())}
	}
	return constantKey{kind: ast.IntValue, text: i.String()}
}
