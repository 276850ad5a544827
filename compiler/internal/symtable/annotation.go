package symtable

import (
	"github.com/rules-pyc/rules_pyc/compiler/internal/ast"
	"github.com/rules-pyc/rules_pyc/compiler/internal/source"
	"github.com/rules-pyc/rules_pyc/pyver"
)

// annAssign visits an annotated variable.
func (b *Builder) annAssign(s *ast.AnnAssign) {
	b.cur.set(annotationsUsed, true)
	if n, ok := s.Target.(*ast.Name); ok {
		b.annotatedName(s, n)
	} else {
		b.expr(s.Target)
	}
	if b.does.defersAnnotations {
		b.variableAnnotation(s.Annotation)
	} else {
		b.eagerAnnotation(s.Annotation)
	}
	b.optional(s.Value)
}

func (b *Builder) annotatedName(s *ast.AnnAssign, n *ast.Name) {
	cur := b.lookup(n.ID)
	if cur&(DefGlobal|DefNonlocal) != 0 && b.cur != b.table.Top && s.Simple != 0 {
		kind := "nonlocal"
		if cur&DefGlobal != 0 {
			kind = "global"
		}
		b.fail(s.Loc, "annotated name '"+b.names.Text(n.ID)+"' can't be "+kind)
	}
	if s.Simple != 0 {
		b.define(n.ID, DefAnnot|DefLocal, &n.Loc)
	}
	if s.Value != nil {
		b.define(n.ID, DefLocal, &n.Loc)
	}
}

// variableAnnotation visits the annotation of a variable. All of a block share
// one scope; those of local variables are never evaluated.
// CPython: symtable.c, symtable_visit_annotation.
func (b *Builder) variableAnnotation(e ast.Expr) {
	outer := b.cur
	if (outer.Type == Class && outer.has(inConditionalBlock) || outer.Type == Module) && !outer.has(hasConditionalAnnotations) {
		outer.set(hasConditionalAnnotations, true)
		loc := e.Span()
		b.define(b.known.conditional, Use, &loc)
	}
	if outer.Annotations == nil {
		outer.Annotations = b.enterNew(b.known.annotate, Annotation, e.Span())
		if outer.Type == Class && !b.table.Future.Annotations() {
			outer.set(needsClassdict, true)
			b.seeClass(true, e.Span())
		}
	} else {
		b.reenter(outer.Annotations)
		b.cur.set(reentered, true)
	}
	unevaluated := outer.Type == Function
	b.cur.set(inUnevaluatedAnnotation, unevaluated)
	b.expr(e)
	b.cur.set(inUnevaluatedAnnotation, false)
	b.exit()
}

// eagerAnnotation visits an annotation that is evaluated where it stands, or is
// text. CPython: symtable.c, symtable_visit_annotation.
func (b *Builder) eagerAnnotation(e ast.Expr) {
	if !b.table.Future.Annotations() {
		b.expr(e)
		return
	}
	b.enterNew(b.known.oldAnnotation, Annotation, e.Span())
	b.expr(e)
	b.exit()
}

// signature visits the annotations of a function's parameters and result, and
// returns their scope if they have one.
// CPython: symtable.c, symtable_visit_annotations.
func (b *Builder) signature(f *function) *Scope {
	if !b.does.defersAnnotations {
		b.eagerSignature(f)
		return nil
	}
	sees := b.cur.has(canSeeClassScope) || b.cur.Type == Class
	if f.returns == nil && !annotates(f.args) {
		if sees && !b.table.Future.Annotations() { // else it would be no child: see enter
			b.cur.set(hasBareSignature, true)
		}
		return nil
	}
	s := b.enterNew(b.known.annotate, Annotation, f.loc)
	b.seeClass(sees, f.loc)
	b.paramAnnotations(f.args)
	if f.returns != nil {
		s.set(annotationsUsed, true)
		b.expr(f.returns)
	}
	b.exit()
	return s
}

// annotates reports whether any parameter has an annotation.
func annotates(a *ast.Arguments) bool {
	for _, list := range [...][]*ast.Arg{a.PosOnly, a.Args, a.KwOnly} {
		for _, p := range list {
			if p.Annotation != nil {
				return true
			}
		}
	}
	return a.Vararg != nil && a.Vararg.Annotation != nil || a.Kwarg != nil && a.Kwarg.Annotation != nil
}

func (b *Builder) eagerSignature(f *function) {
	asText := b.table.Future.Annotations()
	if asText {
		b.enterNew(b.known.oldAnnotation, Annotation, f.loc)
	}
	b.paramAnnotations(f.args)
	if asText {
		b.exit()
	}
	if f.returns != nil {
		b.eagerAnnotation(f.returns)
	}
}

func (b *Builder) paramAnnotations(a *ast.Arguments) {
	for _, p := range a.PosOnly {
		b.paramAnnotation(p)
	}
	for _, p := range a.Args {
		b.paramAnnotation(p)
	}
	if a.Vararg != nil {
		b.paramAnnotation(a.Vararg)
	}
	if a.Kwarg != nil {
		b.paramAnnotation(a.Kwarg)
	}
	for _, p := range a.KwOnly {
		b.paramAnnotation(p)
	}
}

func (b *Builder) paramAnnotation(p *ast.Arg) {
	if p.Annotation != nil {
		b.cur.set(annotationsUsed, true)
		b.expr(p.Annotation)
	}
}

// forbidInAnnotation refuses an expression in annotations and in the scopes of
// type parameters. CPython: symtable.c, symtable_raise_if_annotation_block.
func (b *Builder) forbidInAnnotation(loc source.Span, what string) {
	switch b.cur.Type {
	case Annotation:
		if b.has(pyver.HasTypeParameters) {
			b.fail(loc, what+" cannot be used within an annotation")
		}
		b.fail(loc, "'"+what+"' can not be used within an annotation")
	case TypeVariable:
		b.fail(loc, what+" cannot be used within "+b.cur.info)
	case TypeAlias:
		b.fail(loc, what+" cannot be used within a type alias")
	case TypeParameters:
		b.fail(loc, what+" cannot be used within the definition of a generic")
	case Function, Class, Module:
	}
}
