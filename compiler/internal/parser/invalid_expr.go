package parser

import "github.com/rules-pyc/rules_pyc/compiler/internal/token"

// An exprKind is a kind of expression, as far as messages tell them apart.
type exprKind uint8

const (
	exprToken exprKind = iota
	exprList           // several matches
	exprName
	exprLiteral
	exprNone
	exprTrue
	exprFalse
	exprEllipsis
	exprTuple
	exprListDisplay
	exprSet
	exprDict
	exprCall
	exprAttribute
	exprSubscript
	exprStarred
	exprOperation
	exprCompare
	exprLambda
	exprIfExp
	exprNamed
	exprListComp
	exprSetComp
	exprDictComp
	exprGenerator
	exprYield
	exprAwait
	exprFString
	exprTString
	exprArgs // the arguments of a call
	exprKeyword
	exprDoubleStar
	exprClause // of a comprehension
	exprPlain  // the last of those that are no more than their parts

	// What is looked at when it has matched, see checked.
	exprString  // a literal
	exprJoined  // an f- or t-string
	exprStrings // adjacent literals
	exprConversion
	exprField
	exprMiddle
	exprSpecText
	exprReal
	exprImaginary
	exprImport
	exprBlock   // a compound statement
	exprNowhere // something without a place
)

// exprKinds are the kinds by the words of grammar.txt.
var exprKinds = map[string]exprKind{
	"Name": exprName, "None": exprNone, "True": exprTrue, "False": exprFalse, "Ellipsis": exprEllipsis,
	"Tuple": exprTuple, "List": exprListDisplay, "Set": exprSet, "Dict": exprDict, "Call": exprCall,
	"Attribute": exprAttribute, "Subscript": exprSubscript, "Starred": exprStarred,
	"BinOp": exprOperation, "UnaryOp": exprOperation, "BoolOp": exprOperation, "Compare": exprCompare,
	"Lambda": exprLambda, "IfExp": exprIfExp, "NamedExpr": exprNamed,
	"ListComp": exprListComp, "SetComp": exprSetComp, "DictComp": exprDictComp, "GeneratorExp": exprGenerator,
	"Yield": exprYield, "YieldFrom": exprYield, "Await": exprAwait,
	"Args": exprArgs, "Keyword": exprKeyword, "DoubleStar": exprDoubleStar, "Clause": exprClause,
	"String": exprString, "JoinedStr": exprJoined, "TemplateStr": exprJoined, "Strings": exprStrings, "Conversion": exprConversion, "Field": exprField,
	"Middle": exprMiddle, "SpecText": exprSpecText, "Real": exprReal, "Imaginary": exprImaginary, "Import": exprImport, "Block": exprBlock, "Nowhere": exprNowhere,
}

// exprNames are what messages call the kinds.
// CPython: action_helpers.c, _PyPegen_get_expr_name.
var exprNames = [...]string{
	exprName: "name", exprLiteral: "literal", exprNone: "None", exprTrue: "True", exprFalse: "False", exprEllipsis: "ellipsis",
	exprTuple: "tuple", exprListDisplay: "list", exprSet: "set display", exprDict: "dict literal", exprCall: "function call",
	exprAttribute: "attribute", exprSubscript: "subscript", exprStarred: "starred", exprOperation: "expression",
	exprCompare: "comparison", exprLambda: "lambda", exprIfExp: "conditional expression", exprNamed: "named expression",
	exprListComp: "list comprehension", exprSetComp: "set comprehension", exprDictComp: "dict comprehension",
	exprGenerator: "generator expression", exprYield: "yield expression", exprAwait: "await expression",
	exprFString: "f-string expression", exprTString: "t-string expression", exprClause: "",
}

// elements returns the expressions in a match, without the tokens around
// them.
func (e *match) elements() []*match {
	var list []*match
	for _, kid := range e.kids {
		switch {
		case kid == nil || kid.kind == exprToken:
		case kid.kind == exprList:
			list = append(list, kid.elements()...)
		default:
			list = append(list, kid)
		}
	}
	return list
}

// positional returns the arguments of a call that are not keywords.
func (e *match) positional() []*match {
	var list []*match
	for _, arg := range e.elements() {
		if arg.kind != exprKeyword && arg.kind != exprDoubleStar {
			list = append(list, arg)
		}
	}
	return list
}

// lastOfClauses returns the last expression of a comprehension's clauses.
// CPython: action_helpers.c, _PyPegen_get_last_comprehension_item.
func lastOfClauses(clauses *match) *match {
	clause := clauses
	if clauses.kind == exprList {
		clause = clauses.kids[len(clauses.kids)-1]
	}
	all := clause.elements()
	return all[len(all)-1]
}

// A targetType is what an expression is the target of.
type targetType string

const (
	starTargets targetType = "star"
	delTargets  targetType = "del"
	forTargets  targetType = "for"
)

// invalidTarget returns the part of an expression that cannot be a target, or
// nil.
// CPython: action_helpers.c, _PyPegen_get_invalid_target.
func invalidTarget(e *match, t targetType) *match {
	switch e.kind {
	case exprTuple, exprListDisplay:
		for _, elt := range e.elements() {
			if bad := invalidTarget(elt, t); bad != nil {
				return bad
			}
		}
		return nil
	case exprStarred:
		if t == delTargets {
			return e
		}
		return invalidTarget(e.elements()[0], t)
	case exprCompare:
		if t != forTargets {
			return e
		}
		pairs := e.kids[1]
		if first := pairs.kids[0]; len(first.kids) > 0 && first.kids[0].tok == token.In {
			return invalidTarget(e.kids[0], t)
		}
		return nil
	case exprName, exprSubscript, exprAttribute:
		return nil
	}
	return e
}
