package pyver

// depths holds how deep nodes may nest behind the parser. The last two versions
// measure the C stack instead of counting; theirs is what fits 8 MB in Debian's
// builds for the least costly nodes.
var depths = [...]int{V311: 2985, V312: 2995, V313: 9998, V314: 37254, V315: 28995}

// MaxDepth returns how many levels of nodes CPython's stages behind the parser
// go down before they raise a RecursionError.
func (v Version) MaxDepth() int { return depths[v] }
