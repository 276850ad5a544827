package token

import "github.com/rules-pyc/rules_pyc/compiler/internal/names"

// A Kind is the kind of a token. Each keyword is a kind of its own; soft
// keywords are Name.
type Kind uint8

// The kinds. Newline, Indent, Dedent and EndMarker are the ones that do not
// extend a node: they come first.
const (
	EndMarker Kind = iota
	Newline
	Indent
	Dedent

	Error
	Strange  // a character that begins no token
	Constant // an identifier that is a constant's name when it is normalised
	Name
	Number
	String
	FStringStart
	FStringMiddle
	FStringEnd
	TStringStart
	TStringMiddle
	TStringEnd

	LParen
	RParen
	LBracket
	RBracket
	LBrace
	RBrace
	Colon
	Comma
	Semicolon
	Dot
	Ellipsis
	Arrow
	ColonEqual
	Exclamation
	At
	Equal

	EqEqual
	NotEqual
	Less
	LessEqual
	Greater
	GreaterEqual

	Plus
	Minus
	Star
	Slash
	DoubleSlash
	Percent
	DoubleStar
	Tilde
	Vbar
	Circumflex
	Amper
	LeftShift
	RightShift

	PlusEqual
	MinusEqual
	StarEqual
	SlashEqual
	DoubleSlashEqual
	PercentEqual
	DoubleStarEqual
	AtEqual
	VbarEqual
	CircumflexEqual
	AmperEqual
	LeftShiftEqual
	RightShiftEqual

	False
	None
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

	NumKinds
)

// Keyword returns the kind of the keyword whose name has the number id.
func Keyword(id names.ID) Kind { return False + Kind(id-names.False) }

// IsKeyword reports whether k is a keyword.
func (k Kind) IsKeyword() bool { return k >= False && k <= Yield }

// IsLayout reports whether k is a token without text of its own, which never
// extends a node.
func (k Kind) IsLayout() bool { return k <= Dedent }

var kindNames = [NumKinds]string{
	EndMarker: "ENDMARKER", Newline: "NEWLINE", Indent: "INDENT", Dedent: "DEDENT", Error: "ERRORTOKEN", Strange: "OP", Constant: "CONSTANT",
	Name: "NAME", Number: "NUMBER", String: "STRING",
	FStringStart: "FSTRING_START", FStringMiddle: "FSTRING_MIDDLE", FStringEnd: "FSTRING_END",
	TStringStart: "TSTRING_START", TStringMiddle: "TSTRING_MIDDLE", TStringEnd: "TSTRING_END",
	LParen: "LPAR", RParen: "RPAR", LBracket: "LSQB", RBracket: "RSQB", LBrace: "LBRACE", RBrace: "RBRACE",
	Colon: "COLON", Comma: "COMMA", Semicolon: "SEMI", Dot: "DOT", Ellipsis: "ELLIPSIS", Arrow: "RARROW",
	ColonEqual: "COLONEQUAL", Exclamation: "EXCLAMATION", At: "AT", Equal: "EQUAL",
	EqEqual: "EQEQUAL", NotEqual: "NOTEQUAL", Less: "LESS", LessEqual: "LESSEQUAL", Greater: "GREATER", GreaterEqual: "GREATEREQUAL",
	Plus: "PLUS", Minus: "MINUS", Star: "STAR", Slash: "SLASH", DoubleSlash: "DOUBLESLASH", Percent: "PERCENT",
	DoubleStar: "DOUBLESTAR", Tilde: "TILDE", Vbar: "VBAR", Circumflex: "CIRCUMFLEX", Amper: "AMPER",
	LeftShift: "LEFTSHIFT", RightShift: "RIGHTSHIFT",
	PlusEqual: "PLUSEQUAL", MinusEqual: "MINEQUAL", StarEqual: "STAREQUAL", SlashEqual: "SLASHEQUAL",
	DoubleSlashEqual: "DOUBLESLASHEQUAL", PercentEqual: "PERCENTEQUAL", DoubleStarEqual: "DOUBLESTAREQUAL",
	AtEqual: "ATEQUAL", VbarEqual: "VBAREQUAL", CircumflexEqual: "CIRCUMFLEXEQUAL", AmperEqual: "AMPEREQUAL",
	LeftShiftEqual: "LEFTSHIFTEQUAL", RightShiftEqual: "RIGHTSHIFTEQUAL",
}

// String returns the kind's name in Python's token module; that of a keyword
// is NAME.
func (k Kind) String() string {
	if k.IsKeyword() {
		return kindNames[Name]
	}
	return kindNames[k]
}

var operatorTexts = [NumKinds]string{
	LParen: "(", RParen: ")", LBracket: "[", RBracket: "]", LBrace: "{", RBrace: "}", Colon: ":", Comma: ",",
	Semicolon: ";", Dot: ".", Ellipsis: "...", Arrow: "->", ColonEqual: ":=", Exclamation: "!", At: "@", Equal: "=",
	EqEqual: "==", NotEqual: "!=", Less: "<", LessEqual: "<=", Greater: ">", GreaterEqual: ">=", Plus: "+", Minus: "-",
	Star: "*", Slash: "/", DoubleSlash: "//", Percent: "%", DoubleStar: "**", Tilde: "~", Vbar: "|", Circumflex: "^",
	Amper: "&", LeftShift: "<<", RightShift: ">>", PlusEqual: "+=", MinusEqual: "-=", StarEqual: "*=", SlashEqual: "/=", DoubleSlashEqual: "//=",
	PercentEqual: "%=", DoubleStarEqual: "**=", AtEqual: "@=", VbarEqual: "|=", CircumflexEqual: "^=", AmperEqual: "&=", LeftShiftEqual: "<<=", RightShiftEqual: ">>=",
}

// Operator returns the kind of the operator or delimiter with a text.
func Operator(text string) (Kind, bool) {
	for k, t := range operatorTexts {
		if t == text && t != "" {
			return Kind(k), true
		}
	}
	return 0, false
}

// Named returns the kind with a name in Python's token module, of those that
// are no keywords.
func Named(name string) (Kind, bool) {
	for k, n := range kindNames {
		if n == name {
			return Kind(k), true
		}
	}
	return 0, false
}
