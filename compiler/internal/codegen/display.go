package codegen

import (
	"math"

	"github.com/rules-pyc/rules_pyc/compiler/internal/ast"
	"github.com/rules-pyc/rules_pyc/compiler/internal/instr"
	"github.com/rules-pyc/rules_pyc/compiler/internal/names"
	"github.com/rules-pyc/rules_pyc/pyc/opcode"
)

// A display is how a sequence or set is built.
type display struct {
	build, add, extend opcode.Op
	tuple              bool
}

var (
	listDisplay  = display{build: opcode.BuildList, add: opcode.ListAppend, extend: opcode.ListExtend}
	tupleDisplay = display{build: opcode.BuildList, add: opcode.ListAppend, extend: opcode.ListExtend, tuple: true}
	setDisplay   = display{build: opcode.BuildSet, add: opcode.SetAdd, extend: opcode.SetUpdate}
)

// pushedArgs are items of a display that are no expressions: how many are on
// the stack already, and a name that is the last one.
type pushedArgs struct {
	n        int32
	injected names.ID // names.None if there is none
}

// starUnpack builds a list, tuple or set. With a starred item, or with too many
// items for the stack, it grows while the items are evaluated.
//
// CPython: codegen.c, starunpack_helper_impl.
func (c *Compiler) starUnpack(loc instr.Loc, elts []ast.Expr, d display, pushed pushedArgs) {
	n := int32(len(elts)) + pushed.n
	if pushed.injected != names.None {
		n++
	}
	big := n > stackUseGuideline
	if !big && !hasStarred(elts) {
		c.exprs(elts)
		if pushed.injected != names.None {
			c.nameOp(loc, pushed.injected, ast.Load)
		}
		if d.tuple {
			c.addI(loc, opcode.BuildTuple, n)
		} else {
			c.addI(loc, d.build, n)
		}
		return
	}
	built := big
	if big {
		c.addI(loc, d.build, pushed.n)
	}
	for i, e := range elts {
		star, ok := e.(*ast.Starred)
		switch {
		case ok:
			if !built {
				c.addI(loc, d.build, int32(i)+pushed.n)
				built = true
			}
			c.expr(star.Value)
			c.addI(loc, d.extend, 1)
		default:
			c.expr(e)
			if built {
				c.addI(loc, d.add, 1)
			}
		}
	}
	if pushed.injected != names.None {
		c.nameOp(loc, pushed.injected, ast.Load)
		c.addI(loc, d.add, 1)
	}
	if d.tuple {
		c.addI(loc, opcode.CallIntrinsic1, listToTuple)
	}
}

// list builds a list, or assigns to one's items.
//
// CPython: codegen.c, codegen_list.
func (c *Compiler) list(e *ast.List) { c.sequence(e.Loc, e.Elts, e.Ctx, listDisplay) }

// tuple builds a tuple, or assigns to one's items.
//
// CPython: codegen.c, codegen_tuple.
func (c *Compiler) tuple(e *ast.Tuple) { c.sequence(e.Loc, e.Elts, e.Ctx, tupleDisplay) }

func (c *Compiler) sequence(loc instr.Loc, elts []ast.Expr, ctx ast.Context, d display) {
	switch ctx {
	case ast.Store:
		c.assignment(loc, elts)
	case ast.Load:
		c.starUnpack(loc, elts, d, pushedArgs{})
	case ast.Del:
		c.exprs(elts)
	}
}

// The largest numbers of targets before and behind a starred one.
const (
	maxBeforeStar = 1<<8 - 1
	maxAfterStar  = math.MaxInt32>>8 - 1
)

// unpack takes a value apart for assignment to targets.
//
// CPython: codegen.c, unpack_helper.
func (c *Compiler) unpack(loc instr.Loc, elts []ast.Expr) {
	seen := false
	for i, e := range elts {
		if _, ok := e.(*ast.Starred); !ok {
			continue
		}
		if seen {
			c.fail(loc, "multiple starred expressions in assignment")
		}
		after := len(elts) - i - 1
		if i > maxBeforeStar || after > maxAfterStar {
			c.fail(loc, "too many expressions in star-unpacking assignment")
		}
		c.addI(loc, opcode.UnpackEx, int32(i+after<<8))
		seen = true
	}
	if !seen {
		c.addI(loc, opcode.UnpackSequence, int32(len(elts)))
	}
}

// assignment assigns to the items of a list or tuple.
//
// CPython: codegen.c, assignment_helper.
func (c *Compiler) assignment(loc instr.Loc, elts []ast.Expr) {
	c.unpack(loc, elts)
	for _, e := range elts {
		if star, ok := e.(*ast.Starred); ok {
			e = star.Value
		}
		c.expr(e)
	}
}

// dict builds a dict, in chunks that fit on the stack.
//
// CPython: codegen.c, codegen_dict.
func (c *Compiler) dict(e *ast.Dict) {
	haveDict := false
	flush := func(begin, end int) {
		c.subdict(e, begin, end)
		if haveDict {
			c.addI(e.Loc, opcode.DictUpdate, 1)
		}
		haveDict = true
	}
	elements := 0 // items behind the last chunk
	for i, key := range e.Keys {
		switch {
		case key == nil: // **value
			if elements > 0 {
				flush(i-elements, i)
				elements = 0
			}
			if !haveDict {
				c.addI(e.Loc, opcode.BuildMap, 0)
				haveDict = true
			}
			c.expr(e.Values[i])
			c.addI(e.Loc, opcode.DictUpdate, 1)
		case elements*2 > stackUseGuideline:
			flush(i-elements, i+1)
			elements = 0
		default:
			elements++
		}
	}
	if elements > 0 {
		flush(len(e.Keys)-elements, len(e.Keys))
	}
	if !haveDict {
		c.addI(e.Loc, opcode.BuildMap, 0)
	}
}

// subdict builds a dict of some of a display's items.
//
// CPython: codegen.c, codegen_subdict.
func (c *Compiler) subdict(e *ast.Dict, begin, end int) {
	big := (end-begin)*2 > stackUseGuideline
	if big {
		c.addI(e.Loc, opcode.BuildMap, 0)
	}
	for i := begin; i < end; i++ {
		c.expr(e.Keys[i])
		c.expr(e.Values[i])
		if big {
			c.addI(e.Loc, opcode.MapAdd, 1)
		}
	}
	if !big {
		c.addI(e.Loc, opcode.BuildMap, int32(end-begin))
	}
}
