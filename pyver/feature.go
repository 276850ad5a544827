package pyver

// A Feature is something that CPython does in some of the supported versions
// and does not do in the others. It is named for what CPython does.
type Feature uint8

// The features, in alphabetical order.
const (
	// AnnotatesPositionalOnlyFirst: the annotations of positional-only parameters come
	// before those of other positional ones.
	AnnotatesPositionalOnlyFirst Feature = iota
	// BorrowsBehindEmptyBlocks: loads of locals behind a block that passes have
	// emptied can borrow.
	BorrowsBehindEmptyBlocks
	// CallsParametersParameters: errors say "duplicate parameter" rather than "duplicate
	// argument".
	CallsParametersParameters
	// ChecksConversionsAtOnce: the conversion of an f-string's field is looked
	// at before what is behind it.
	ChecksConversionsAtOnce
	// ChecksFuturesOfTrees: ast.parse refuses names that __future__ does not have.
	ChecksFuturesOfTrees
	// ChecksInSymbolTable: the symbol table, rather than the code generator, refuses
	// assignments to __debug__, late future statements, and what needs an async
	// function around it.
	ChecksInSymbolTable
	// ChecksUTF8AtOnce: all of a file has to be UTF-8, comments too.
	ChecksUTF8AtOnce
	// CommaErrorsAtLastLine: a missing comma behind an expression of several
	// lines is reported at its last token.
	CommaErrorsAtLastLine
	// CompareMask: the low four bits of COMPARE_OP's operand say for which
	// outcomes of a comparison it is true, and the operator is above them.
	// Magic 3515.
	CompareMask
	// CompareToBool: a bit of COMPARE_OP's operand, above the mask, turns the
	// result into a bool. Magic 3557.
	CompareToBool
	// CountsInlinedComprehensions: a comprehension that is part of the code around it
	// is one more block that statements are nested in, if it saves variables.
	CountsInlinedComprehensions
	// CountsLineBehindCRLF: a file that ends in \r\n has an empty line behind it, as far
	// as errors go.
	CountsLineBehindCRLF
	// CountsStackBehindInstructions: the size of the stack is the largest behind any
	// instruction, rather than in front of one.
	CountsStackBehindInstructions
	// CountsUsesAsIteration: a name that the target of a comprehension only reads counts
	// as an iteration variable, which assignment expressions may not rebind.
	CountsUsesAsIteration
	// CutsDebugTextAtFirstNotEqual: the text of a debug field ends at the first
	// != in it.
	CutsDebugTextAtFirstNotEqual
	// CutsSpecDebugTextAtNotEqual: the text of a debug field that has a format
	// specification ends at the last != in it.
	CutsSpecDebugTextAtNotEqual
	// DecodesRawSpecsRaw: backslashes in the format specifications of a raw
	// f-string are no escapes.
	DecodesRawSpecsRaw
	// DecoratesFirst: the symbol table visits the decorators of a definition before
	// its annotations or bases.
	DecoratesFirst
	// DefersAnnotations: functions compute annotations when they are asked for, rather
	// than statements. PEP 649, PEP 749.
	DefersAnnotations
	// DisCacheNames: python -m dis says which field an inline cache unit
	// belongs to.
	DisCacheNames
	// DisKwNames: python -m dis shows the constant of every instruction that
	// refers to one, of KW_NAMES as well as LOAD_CONST.
	DisKwNames
	// DisLabels: python -m dis gives jump targets and the bounds of the
	// exception table labels (L1), leaves out offsets, marks instructions
	// without a line with --, and writes "+ NULL" after the name.
	DisLabels
	// DisOperatorWords: python -m dis shows the operator of IS_OP and
	// CONTAINS_OP.
	DisOperatorWords
	// DumpOmitsEmptyLists: ast.dump leaves out fields that are empty lists. gh-116022.
	DumpOmitsEmptyLists
	// DumpOmitsLoad: ast.dump leaves out a ctx that is Load.
	DumpOmitsLoad
	// ErrorColumnsInBytes: columns of syntax errors count bytes in a file that
	// declares no encoding.
	ErrorColumnsInBytes
	// ErrorTextFromToken: the text of a syntax error begins at the line where a
	// token of several lines begins.
	ErrorTextFromToken
	// ExplainsInvalidEscapes: the warning about an escape says what to write
	// instead.
	ExplainsInvalidEscapes
	// FindsProducersOfLeftValues: whether a load of a local can borrow does not
	// depend on values that are put on top of others by another instruction.
	FindsProducersOfLeftValues
	// FoldsInstructions: operations on constants are folded in the flow graph, rather
	// than in the syntax tree. gh-126835.
	FoldsInstructions
	// FoldsTree: constants are folded in the syntax tree, rather than in the flow graph.
	// gh-126835.
	FoldsTree
	// ForgetsRemovedInstructions: an instruction that is added where a NOP was removed
	// has no exception handler.
	ForgetsRemovedInstructions
	// FuturesByLine: a future statement is known by its line: one behind a semicolon
	// and another statement is an error of its own.
	FuturesByLine
	// FuturesChangeParsing: from __future__ import barry_as_FLUFL takes effect
	// in the file that says it.
	FuturesChangeParsing
	// HandlesSeveralWithoutParentheses: except takes several expressions without
	// parentheses around them. PEP 758.
	HandlesSeveralWithoutParentheses
	// HasLazyImports: lazy is a soft keyword in front of an import. PEP 810.
	HasLazyImports
	// HasStackAlways: every code object has room for one value on the stack. gh-109889.
	HasStackAlways
	// HasTemplateStrings: t"…" is a template string. PEP 750.
	HasTemplateStrings
	// HasTypeParameterDefaults: type parameters may have defaults. PEP 696.
	HasTypeParameterDefaults
	// HasTypeParameters: functions, classes and type aliases have type
	// parameters, and type is a soft keyword. PEP 695.
	HasTypeParameters
	// InlinesComprehensions: list, set and dict comprehensions are part of the code
	// around them. PEP 709, magic 3529.
	InlinesComprehensions
	// InsertsReturnGenerator: the flow graph, not the code generator, adds what a
	// generator does first.
	InsertsReturnGenerator
	// KeepsCaretsInLine: the carets below the line of a SyntaxError do not go
	// beyond it, and go to its end when the error ends on another line.
	KeepsCaretsInLine
	// KeepsClassCellsOutOfInlined: __class__ and the like are globals in a comprehension
	// that is part of a class body. gh-119666.
	KeepsClassCellsOutOfInlined
	// KeepsSpecPieces: a format specification has its pieces of text as they
	// were tokenized, empty ones included.
	KeepsSpecPieces
	// KnowsParameterKinds: the kinds of a code object's variables say how each
	// parameter is passed.
	KnowsParameterKinds
	// LazyImports: the low two bits of IMPORT_NAME's operand say whether the
	// import is lazy, and the name is above them. PEP 810, magic 3661.
	LazyImports
	// LeavesReturnGeneratorUnhandled: RETURN_GENERATOR is in no exception handler's
	// range.
	LeavesReturnGeneratorUnhandled
	// LexicalRangesInCharacters: an error about a range of characters in a token
	// has its columns in characters rather than bytes.
	LexicalRangesInCharacters
	// LoadsCommonConstants: None, True, False, '' and -1 are loaded by number.
	LoadsCommonConstants
	// LoadsSmallInts: ints up to 255 are loaded by an instruction of their own. Magic 3609.
	LoadsSmallInts
	// ManglesNamedTargets: private targets of assignment expressions in comprehensions
	// are looked up by their mangled name.
	ManglesNamedTargets
	// LoopsForListAndSet: list(…) and set(…) of a generator expression are loops, as
	// all(…), any(…) and tuple(…) are.
	LoopsForListAndSet
	// MarksNotTaken: the way on from a conditional jump that is not taken begins
	// with NOT_TAKEN. Magic 3611.
	MarksNotTaken
	// MarshalsSlices: a slice with constant bounds is a constant, and marshal
	// has a type code for it. Magic 3608.
	MarshalsSlices
	// MeasuresCarets: the carets below the line of a SyntaxError are placed by
	// columns of a terminal, where wide characters take two. gh-130273.
	MeasuresCarets
	// MethodsByLoadAttr: LOAD_ATTR loads methods too, which the low bit of its
	// operand asks for; the name is above it. Magic 3504.
	MethodsByLoadAttr
	// MindsEscapesInDebugText: an escaped quote in a debug field does not end a
	// string, as far as comments in the field's text go.
	MindsEscapesInDebugText
	// MisspellsExclamation: the error of a space in front of a conversion has a typing
	// error.
	MisspellsExclamation
	// MixesRealAndComplex: arithmetic of a real and a complex number does not make the
	// real one complex first. gh-69639.
	MixesRealAndComplex
	// NamesAnonymousScopes: the symbol table calls lambdas and comprehensions by the names
	// of their code objects, such as <lambda>.
	NamesAnonymousScopes
	// NamesIncompatiblePrefixes: the error of string prefixes that cannot be
	// together names them.
	NamesIncompatiblePrefixes
	// NestedFieldEndsSpec: behind a nested field, a doubled brace in a format
	// specification is one brace of text.
	NestedFieldEndsSpec
	// NestsDebugFields: a field in a format specification may be a debug field.
	NestsDebugFields
	// NewlineEndsSpec: a newline ends a format specification.
	NewlineEndsSpec
	// PassesClassCellsThroughInlined: functions in such a comprehension have __class__
	// all the same.
	PassesClassCellsThroughInlined
	// PlacesEncodingErrors: an encoding that contradicts a byte order mark is
	// reported at its line.
	PlacesEncodingErrors
	// PropagatesLinesThroughEmptyBlocks: a block that is emptied hands on the
	// location that its successor takes.
	PropagatesLinesThroughEmptyBlocks
	// RefusesFunctionsInAnnotationScopes: an annotation scope in a class has no lambdas
	// and no comprehensions. gh-109118.
	RefusesFunctionsInAnnotationScopes
	// RefusesNamesLikeConstants: an identifier that is None, True or False when
	// it is normalised is an error.
	RefusesNamesLikeConstants
	// RelativeFutures: from .__future__ import is a future statement too.
	RelativeFutures
	// RemovesDocstringsFromTree: level 2 takes docstrings out of the syntax tree, rather
	// than out of the code.
	RemovesDocstringsFromTree
	// QualifiesAnnotate: the qualified name of the __annotate__ function of a function
	// has that function's name.
	QualifiesAnnotate
	// ReturnsConstants: an instruction returns a constant. Magic 3518, 3609.
	ReturnsConstants
	// SharesModule: py_compile holds the code object of a module twice while it
	// writes it, so that marshal gives it a number.
	SharesModule
	// SignsPatternsWithPlus: numbers in patterns may have a plus sign.
	SignsPatternsWithPlus
	// SpansFutureErrors: an error about a future feature is about its name, rather
	// than about the start of the statement.
	SpansFutureErrors
	// SpansSpecAsWhole: a format specification of several pieces of text and no
	// field is one constant that spans the colon too.
	SpansSpecAsWhole
	// SuggestsEscapedQuote: the error of a string without end suggests that a
	// quote in it was escaped by mistake.
	SuggestsEscapedQuote
	// SuggestsKeywords: an invalid syntax is printed with the keyword that may have been
	// meant.
	SuggestsKeywords
	// SuggestsKeywordsForErrors: no keyword is looked for if the statements around a
	// syntax error are valid.
	SuggestsKeywordsForErrors
	// SuggestsNotEqual: <> is two tokens, and an error that suggests !=.
	SuggestsNotEqual
	// TakesHashInStringAsComment: a # in a string in a debug field begins a
	// comment, as far as the field's text goes.
	TakesHashInStringAsComment
	// TakesLengthFirst: the length of a complex power is the first factor of its
	// real part, which decides which of two NaNs the product is. Compilers of C
	// choose.
	TakesLengthFirst
	// TakesPrefixesForSoftKeywords: what a soft keyword begins with counts as one when
	// an error is looked for. gh-130077.
	TakesPrefixesForSoftKeywords
	// TokenizesFStrings: an f-string is a sequence of tokens, its fields are
	// parsed with the rest of the file; otherwise it is one token whose text is
	// parsed afterwards. PEP 701.
	TokenizesFStrings
	// UnescapesDebugText: escapes in the text of a debug field are decoded.
	UnescapesDebugText
	// UnpacksInComprehensions: the element of a comprehension may be starred. PEP 798.
	UnpacksInComprehensions
	// VirtualIterators: GET_ITER leaves its operand on the stack, and an iterator takes
	// two places. Magic 3652.
	VirtualIterators
	// VisitsHandlersFirst: the symbol table visits the handlers of a try statement
	// before its else. gh-111123.
	VisitsHandlersFirst
	// WarnsAtLineOfEscape: the warning about an escape is at the line of the
	// escape rather than that of the literal.
	WarnsAtLineOfEscape
	// WarnsOfExitsFromFinally: a return, break or continue that leaves a finally block is
	// worth a SyntaxWarning. PEP 765.
	WarnsOfExitsFromFinally
	// WarnsOfLiteralsAsSyntax: invalid escapes are worth a SyntaxWarning rather
	// than a DeprecationWarning. gh-98401.
	WarnsOfLiteralsAsSyntax
	numFeatures
)

// changes says when each feature came and, when until is set, went: it is in
// the versions from since up to but not including until.
var changes = [numFeatures]struct{ since, until Version }{
	AnnotatesPositionalOnlyFirst:       {since: V315},
	BorrowsBehindEmptyBlocks:           {since: V315},
	CallsParametersParameters:          {since: V315},
	ChecksConversionsAtOnce:            {since: V314},
	ChecksFuturesOfTrees:               {since: V314},
	ChecksInSymbolTable:                {since: V314},
	ChecksUTF8AtOnce:                   {since: V314},
	CommaErrorsAtLastLine:              {since: V315},
	CompareMask:                        {since: V312},
	CompareToBool:                      {since: V313},
	CountsInlinedComprehensions:        {since: V314, until: V315},
	CountsLineBehindCRLF:               {since: V311, until: V312},
	CountsStackBehindInstructions:      {since: V311, until: V314},
	CountsUsesAsIteration:              {since: V311, until: V312},
	CutsDebugTextAtFirstNotEqual:       {since: V312, until: V313},
	CutsSpecDebugTextAtNotEqual:        {since: V313, until: V314},
	DecodesRawSpecsRaw:                 {since: V313},
	DecoratesFirst:                     {since: V312},
	DefersAnnotations:                  {since: V314},
	DisCacheNames:                      {since: V312},
	DisKwNames:                         {since: V312},
	DisLabels:                          {since: V313},
	DisOperatorWords:                   {since: V314},
	DumpOmitsEmptyLists:                {since: V313},
	DumpOmitsLoad:                      {since: V315},
	ErrorColumnsInBytes:                {since: V311, until: V313},
	ErrorTextFromToken:                 {since: V311, until: V313},
	ExplainsInvalidEscapes:             {since: V314},
	FindsProducersOfLeftValues:         {since: V315},
	FoldsInstructions:                  {since: V314},
	FoldsTree:                          {since: V311, until: V314},
	ForgetsRemovedInstructions:         {since: V315},
	FuturesByLine:                      {since: V311, until: V312},
	FuturesChangeParsing:               {since: V313},
	HandlesSeveralWithoutParentheses:   {since: V314},
	HasLazyImports:                     {since: V315},
	HasStackAlways:                     {since: V313},
	HasTemplateStrings:                 {since: V314},
	HasTypeParameterDefaults:           {since: V313},
	HasTypeParameters:                  {since: V312},
	InlinesComprehensions:              {since: V312},
	InsertsReturnGenerator:             {since: V311, until: V315},
	KeepsCaretsInLine:                  {since: V313},
	KeepsClassCellsOutOfInlined:        {since: V313},
	KeepsSpecPieces:                    {since: V312, until: V313},
	KnowsParameterKinds:                {since: V314},
	LazyImports:                        {since: V315},
	LeavesReturnGeneratorUnhandled:     {since: V315},
	LexicalRangesInCharacters:          {since: V314},
	LoadsCommonConstants:               {since: V315},
	LoadsSmallInts:                     {since: V314},
	ManglesNamedTargets:                {since: V313},
	LoopsForListAndSet:                 {since: V315},
	MarksNotTaken:                      {since: V314},
	MarshalsSlices:                     {since: V314},
	MeasuresCarets:                     {since: V315},
	MethodsByLoadAttr:                  {since: V312},
	MindsEscapesInDebugText:            {since: V314},
	MisspellsExclamation:               {since: V312, until: V313},
	MixesRealAndComplex:                {since: V314},
	NamesAnonymousScopes:               {since: V315},
	NamesIncompatiblePrefixes:          {since: V314},
	NestedFieldEndsSpec:                {since: V313},
	NestsDebugFields:                   {since: V313},
	NewlineEndsSpec:                    {since: V312, until: V313},
	PassesClassCellsThroughInlined:     {since: V314},
	PlacesEncodingErrors:               {since: V314},
	PropagatesLinesThroughEmptyBlocks:  {since: V315},
	RefusesFunctionsInAnnotationScopes: {since: V312, until: V313},
	RefusesNamesLikeConstants:          {since: V313},
	RelativeFutures:                    {since: V311, until: V313},
	RemovesDocstringsFromTree:          {since: V314},
	QualifiesAnnotate:                  {since: V315},
	ReturnsConstants:                   {since: V312, until: V314},
	SharesModule:                       {since: V311, until: V315},
	SignsPatternsWithPlus:              {since: V315},
	SpansFutureErrors:                  {since: V313},
	SpansSpecAsWhole:                   {since: V314},
	SuggestsEscapedQuote:               {since: V313},
	SuggestsKeywords:                   {since: V314},
	SuggestsKeywordsForErrors:          {since: V315},
	SuggestsNotEqual:                   {since: V314},
	TakesHashInStringAsComment:         {since: V312, until: V313},
	TakesLengthFirst:                   {since: V315},
	TakesPrefixesForSoftKeywords:       {since: V311, until: V313},
	TokenizesFStrings:                  {since: V312},
	UnescapesDebugText:                 {since: V312, until: V313},
	UnpacksInComprehensions:            {since: V315},
	VirtualIterators:                   {since: V315},
	VisitsHandlersFirst:                {since: V313},
	WarnsAtLineOfEscape:                {since: V313},
	WarnsOfExitsFromFinally:            {since: V314},
	WarnsOfLiteralsAsSyntax:            {since: V312},
}

// Has reports whether version v of CPython does what the feature says.
func (v Version) Has(f Feature) bool {
	c := changes[f]
	return v >= c.since && (c.until == 0 || v < c.until)
}
