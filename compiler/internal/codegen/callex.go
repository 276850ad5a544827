package codegen

import (
	"github.com/rules-pyc/rules_pyc/compiler/internal/ast"
	"github.com/rules-pyc/rules_pyc/compiler/internal/instr"
	"github.com/rules-pyc/rules_pyc/compiler/internal/names"
	"github.com/rules-pyc/rules_pyc/pyc/opcode"
)

// callEx generates a call with *args, **kwargs or many arguments: with a tuple
// and a dict, or NULL in its place.
//
// CPython: codegen.c, codegen_call_helper_impl, ex_call.
func (c *Compiler) callEx(loc instr.Loc, pushed pushedArgs, args []ast.Expr, keywords []*ast.Keyword) {
	if star, ok := onlyStarred(args); ok && pushed.n == 0 {
		c.expr(star.Value)
	} else {
		c.starUnpack(loc, args, tupleDisplay, pushed)
	}
	if len(keywords) > 0 {
		c.keywordDict(loc, keywords)
	} else {
		c.add(loc, opcode.PushNull)
	}
	c.add(loc, opcode.CallFunctionEx)
}

func onlyStarred(args []ast.Expr) (*ast.Starred, bool) {
	if len(args) != 1 {
		return nil, false
	}
	star, ok := args[0].(*ast.Starred)
	return star, ok
}

// keywordDict builds the dict of keyword arguments.
func (c *Compiler) keywordDict(loc instr.Loc, keywords []*ast.Keyword) {
	haveDict := false
	flush := func(begin, end int) {
		c.subkwargs(loc, keywords[begin:end])
		if haveDict {
			c.addI(loc, opcode.DictMerge, 1)
		}
		haveDict = true
	}
	seen := 0 // keywords behind the last **kwargs
	for i, k := range keywords {
		if k.Name != names.None {
			seen++
			continue
		}
		if seen > 0 {
			flush(i-seen, i)
			seen = 0
		}
		if !haveDict {
			c.addI(loc, opcode.BuildMap, 0)
			haveDict = true
		}
		c.expr(k.Value)
		c.addI(loc, opcode.DictMerge, 1)
	}
	if seen > 0 {
		flush(len(keywords)-seen, len(keywords))
	}
}

// subkwargs builds a dict of keyword arguments without **kwargs.
//
// CPython: codegen.c, codegen_subkwargs.
func (c *Compiler) subkwargs(loc instr.Loc, keywords []*ast.Keyword) {
	big := len(keywords)*2 > stackUseGuideline
	if big {
		c.addI(instr.NoLoc(), opcode.BuildMap, 0)
	}
	for _, k := range keywords {
		c.addIdent(loc, k.Name)
		c.expr(k.Value)
		if big {
			c.addI(instr.NoLoc(), opcode.MapAdd, 1)
		}
	}
	if !big {
		c.addI(loc, opcode.BuildMap, int32(len(keywords)))
	}
}
