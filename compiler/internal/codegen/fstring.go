package codegen

import (
	"github.com/rules-pyc/rules_pyc/compiler/internal/ast"
	"github.com/rules-pyc/rules_pyc/compiler/internal/names"
	"github.com/rules-pyc/rules_pyc/pyc/opcode"
)

// joinedStr generates an f-string. One with many pieces is joined from a list.
//
// CPython: codegen.c, codegen_joined_str.
func (c *Compiler) joinedStr(e *ast.JoinedStr) {
	n := int32(len(e.Values))
	if n > stackUseGuideline {
		c.addStr(e.Loc, "")
		c.addAttr(e.Loc, names.Join, methodAttr)
		c.addI(e.Loc, opcode.BuildList, 0)
		for _, v := range e.Values {
			c.expr(v)
			c.addI(e.Loc, opcode.ListAppend, 1)
		}
		c.addI(e.Loc, opcode.Call, 1)
		return
	}
	c.exprs(e.Values)
	switch {
	case n > 1:
		c.addI(e.Loc, opcode.BuildString, n)
	case n == 0:
		c.addStr(e.Loc, "")
	}
}

// conversion returns the operand of CONVERT_VALUE for the letter behind !, 0 for
// none. CPython: pycore_opcode_utils.h,
// FVC_STR and so on.
func conversion(letter int32) int32 {
	switch letter {
	case 's':
		return 1
	case 'r':
		return 2
	case 'a':
		return 3
	}
	return 0
}

// formattedValue generates a field of an f-string.
//
// CPython: codegen.c, codegen_formatted_value.
func (c *Compiler) formattedValue(e *ast.FormattedValue) {
	c.expr(e.Value)
	if conv := conversion(e.Conversion); conv != 0 {
		c.addI(e.Loc, opcode.ConvertValue, conv)
	}
	if e.FormatSpec != nil {
		c.expr(e.FormatSpec)
		c.add(e.Loc, opcode.FormatWithSpec)
	} else {
		c.add(e.Loc, opcode.FormatSimple)
	}
}

// templateStr generates a t-string: the tuple of its strings, of which there is
// one more than interpolations, and the tuple of its interpolations.
//
// CPython: codegen.c, codegen_template_str.
func (c *Compiler) templateStr(e *ast.TemplateStr) {
	wantString := true
	strs, interpolations := int32(0), int32(0)
	for _, v := range e.Values {
		if _, ok := v.(*ast.Interpolation); !ok {
			c.expr(v)
			strs++
			wantString = false
			continue
		}
		if wantString {
			c.addStr(e.Loc, "")
			strs++
		}
		wantString = true
	}
	if wantString {
		c.addStr(e.Loc, "")
		strs++
	}
	c.addI(e.Loc, opcode.BuildTuple, strs)
	for _, v := range e.Values {
		if _, ok := v.(*ast.Interpolation); ok {
			c.expr(v)
			interpolations++
		}
	}
	c.addI(e.Loc, opcode.BuildTuple, interpolations)
	c.add(e.Loc, opcode.BuildTemplate)
}

// interpolation generates a field of a t-string. The operand has a bit for the
// format specification, a bit that is always set, and the conversion above.
//
// CPython: codegen.c, codegen_interpolation.
func (c *Compiler) interpolation(e *ast.Interpolation) {
	c.expr(e.Value)
	c.addValue(e.Loc, &e.Text)
	arg := int32(2)
	if e.FormatSpec != nil {
		arg++
		c.expr(e.FormatSpec)
	}
	c.addI(e.Loc, opcode.BuildInterpolation, arg|conversion(e.Conversion)<<2)
}
