package names

// The identifiers with constant numbers. The first NumKeywords after None are
// the keywords of all versions, in alphabetical order with the capitals first;
// package token has a Kind for each, in the same order.
const (
	False ID = 1 + iota
	NoneWord
	True
	And
	As
	Assert
	Async
	Await
	Break
	Class
	Continue
	Def
	Del
	Elif
	Else
	Except
	Finally
	For
	From
	Global
	If
	Import
	In
	Is
	Lambda
	Nonlocal
	Not
	Or
	Pass
	Raise
	Return
	Try
	While
	With
	Yield

	Underscore
	Case
	Lazy
	Match
	Type
	Print
	Exec
	Debug
	Annotations
	Future
	Flufl

	// What the code generator loads and stores of its own accord.
	DunderAnnotate
	DunderAnnotateFunc
	DunderAnnotations
	DunderClass
	DunderClassCell
	DunderClassDict
	DunderClassDictCell
	DunderConditionalAnnotations
	DunderDoc
	DunderFirstLine
	DunderModule
	DunderName
	DunderQualName
	DunderStaticAttributes
	DunderTypeParams
	DotGenericBase
	DotTypeParams
	All
	Any
	Format
	Join
	ListName
	Self
	SetName
	Super
	TupleName

	firstFree
)

// NumKeywords is how many keywords there are; their IDs are 1 to NumKeywords.
const NumKeywords = int(Yield)

// Keywords returns the keywords in the order of their IDs.
func Keywords() []string { return known[False : NumKeywords+1] }

var known = [firstFree]string{
	False: "False", NoneWord: "None", True: "True",
	And: "and", As: "as", Assert: "assert", Async: "async", Await: "await", Break: "break", Class: "class",
	Continue: "continue", Def: "def", Del: "del", Elif: "elif", Else: "else", Except: "except", Finally: "finally",
	For: "for", From: "from", Global: "global", If: "if", Import: "import", In: "in", Is: "is", Lambda: "lambda",
	Nonlocal: "nonlocal", Not: "not", Or: "or", Pass: "pass", Raise: "raise", Return: "return", Try: "try",
	While: "while", With: "with", Yield: "yield",
	Underscore: "_", Case: "case", Lazy: "lazy", Match: "match", Type: "type", Print: "print", Exec: "exec",
	Debug: "__debug__", Annotations: "annotations", Future: "__future__", Flufl: "barry_as_FLUFL",
	DunderAnnotate: "__annotate__", DunderAnnotateFunc: "__annotate_func__", DunderAnnotations: "__annotations__",
	DunderClass: "__class__", DunderClassCell: "__classcell__", DunderClassDict: "__classdict__",
	DunderClassDictCell: "__classdictcell__", DunderConditionalAnnotations: "__conditional_annotations__",
	DunderDoc: "__doc__", DunderFirstLine: "__firstlineno__", DunderModule: "__module__", DunderName: "__name__",
	DunderQualName: "__qualname__", DunderStaticAttributes: "__static_attributes__", DunderTypeParams: "__type_params__",
	DotGenericBase: ".generic_base", DotTypeParams: ".type_params",
	All: "all", Any: "any", Format: "format", Join: "join", ListName: "list", Self: "self", SetName: "set", Super: "super", TupleName: "tuple",
}

// Known returns the constant number of an identifier, or None.
func Known(s string) ID {
	for id := False; id < firstFree; id++ {
		if known[id] == s {
			return id
		}
	}
	return None
}
