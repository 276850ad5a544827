// Package repolint_test keeps the repository in the shape that ARCHITECTURE.md
// describes: who may import whom, how long a file may be, and where versions
// may be named.
package repolint_test

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const (
	module   = "github.com/rules-pyc/rules_pyc/"
	root     = "../.."
	maxLines = 600
)

// layers lists, for each package, the packages of this module that it may
// import. A package that is missing fails the test.
var layers = map[string]string{
	"pyver":          "",
	"pyc":            "pyver",
	"pyc/opcode":     "pyver",
	"pyc/pyrepr":     "pyver pyc",
	"pyc/dis":        "pyver pyc pyc/opcode pyc/pyrepr",
	"compiler":       "pyver pyc " + native("ast codegen diag flowgraph lexer names object parser preprocess source symtable target token typo"),
	"cpython":        "pyver compiler",
	"precompile":     "pyver pyc compiler",
	"verify":         "pyver pyc pyc/dis pyc/pyrepr compiler",
	"compileall":     "pyver pyc pyc/pyrepr compiler internal/parallel precompile",
	"worker":         "pyver pyc compiler precompile proto/bazel/worker",
	"cache":          "pyver pyc compiler",
	"cache/disk":     "cache",
	"remote":         "compiler cache internal/dial remote/batch",
	"remote/batch":   "pyver pyc compiler",
	"service":        "pyver pyc pyc/dis compiler proto/pyc/compile/v1",
	"service/client": "pyc compiler proto/pyc/compile/v1",
	"cmd/pyc":        "pyver pyc pyc/dis compileall compiler cpython internal/parallel precompile verify worker cache cache/disk internal/dial remote remote/batch service service/client",
	"conformance":    "pyver compiler internal/testpython",

	"proto/bazel/worker":    "",
	"proto/pyc/compile/v1":  "",
	"rules/private/archive": "",
	"e2e":                   "pyver internal/testpython",
	"e2e/reapi":             "",
	"internal/dial":         "",
	"internal/golden":       "pyver",
	"internal/parallel":     "",
	"internal/pygen":        "pyver",
	"internal/testpython":   "pyver",

	// The stages of the native compiler, from the text to the code object.
	"compiler/internal/source":     "pyver",
	"compiler/internal/names":      "",
	"compiler/internal/unidata":    "pyver",
	"compiler/internal/diag":       native("source"),
	"compiler/internal/token":      native("names source"),
	"compiler/internal/lexer":      "pyver pyc/pyrepr " + native("diag names source token unidata"),
	"compiler/internal/ast":        "pyver pyc/pyrepr " + native("names source"),
	"compiler/internal/parser":     "pyver " + native("ast diag lexer names source token unidata"),
	"compiler/internal/symtable":   "pyver " + native("ast diag names source"),
	"compiler/internal/preprocess": "pyver pyc " + native("arith ast diag names source"),
	"compiler/internal/typo":       native("names"),
	"compiler/internal/unparse":    "pyver pyc/pyrepr " + native("ast diag names"),
	"compiler/internal/codegen":    "pyver pyc pyc/opcode pyc/pyrepr " + native("ast diag instr names object source symtable unit unparse"),
	"compiler/internal/object":     "pyver pyc " + native("names"),
	"compiler/internal/instr":      "pyc/opcode " + native("source"),
	"compiler/internal/target":     "pyver pyc/opcode " + native("object"),
	"compiler/internal/unit":       "pyc " + native("instr names object"),
	"compiler/internal/flowgraph":  "pyver pyc pyc/opcode " + native("arith assemble instr names object source target unit"),
	"compiler/internal/assemble":   "pyver pyc pyc/opcode " + native("instr names object source target unit"),
	"compiler/internal/arith":      "pyver pyc " + native("object"),

	"tools/genast":            "",
	"tools/geninterned":       "pyver internal/testpython",
	"tools/genopcodes":        "pyver pyc/opcode",
	"tools/gengorepositories": "",
	"tools/gencodecs":         "pyver",
	"tools/genprintable":      "pyver",
	"tools/genunidata":        "pyver",
	"tools/loadservice":       "proto/bazel/worker proto/pyc/compile/v1",
}

// native spells out names of packages of the native compiler.
func native(names string) string {
	return "compiler/internal/" + strings.ReplaceAll(names, " ", " compiler/internal/")
}

// mayNameVersions lists the packages that may name a single version: others
// ask for a pyver.Feature.
var mayNameVersions = []string{"pyver", "compiler/internal/target"}

// pure lists the packages whose output depends on nothing but their input, and
// what they therefore may not import.
var (
	pure   = []string{"pyver", "pyc", "compiler"} // and what is below them
	impure = []string{"os", "os/exec", "log", "log/slog", "time", "math/rand", "math/rand/v2", "net", "unsafe"}
)

func TestLayout(t *testing.T) {
	fset := token.NewFileSet()
	seen := map[string]bool{}
	for _, path := range goFiles(t) {
		src, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		file, err := parser.ParseFile(fset, path, src, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		rel, err := filepath.Rel(root, filepath.Dir(path))
		if err != nil {
			t.Fatal(err)
		}
		dir := filepath.ToSlash(rel)
		seen[dir] = true
		checkImports(t, dir, file, fset)
		if n := bytes.Count(src, []byte("\n")); n > maxLines && !ast.IsGenerated(file) {
			t.Errorf("%s: %d lines, want at most %d", path, n, maxLines)
		}
		if !slices.Contains(mayNameVersions, dir) && !ast.IsGenerated(file) {
			checkVersions(t, file, fset)
		}
	}
	for dir := range layers {
		if !seen[dir] {
			t.Errorf("layers names %s, which is not there", dir)
		}
	}
}

// goFiles lists the Go files of the module that are no tests.
func goFiles(t *testing.T) []string {
	t.Helper()
	var files []string
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && path != root && isOtherModule(path, d.Name()):
			return fs.SkipDir
		case strings.HasSuffix(path, ".go") && !strings.HasSuffix(path, "_test.go"):
			files = append(files, path)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func isOtherModule(path, name string) bool {
	_, err := os.Stat(filepath.Join(path, "go.mod"))
	return err == nil || name == "testdata" || strings.HasPrefix(name, ".") || strings.HasPrefix(name, "bazel-")
}

func checkImports(t *testing.T, dir string, file *ast.File, fset *token.FileSet) {
	t.Helper()
	allowed, ok := layers[dir]
	if !ok {
		t.Errorf("%s: the package is not in layers", dir)
	}
	for _, spec := range file.Imports {
		path, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			t.Fatal(err)
		}
		if dep, ok := strings.CutPrefix(path, module); ok && !slices.Contains(strings.Fields(allowed), dep) {
			t.Errorf("%s: %s must not import %s", fset.Position(spec.Pos()), dir, dep)
		}
		if slices.ContainsFunc(pure, func(p string) bool { return dir == p || strings.HasPrefix(dir, p+"/") }) && slices.Contains(impure, path) {
			t.Errorf("%s: %s must not import %s: its output depends on its input alone", fset.Position(spec.Pos()), dir, path)
		}
	}
}

// checkVersions reports each use of a single version, such as pyver.V314.
func checkVersions(t *testing.T, file *ast.File, fset *token.FileSet) {
	t.Helper()
	ast.Inspect(file, func(n ast.Node) bool {
		sel, ok := n.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		pkg, ok := sel.X.(*ast.Ident)
		digits, isVersion := strings.CutPrefix(sel.Sel.Name, "V3")
		if _, err := strconv.Atoi(digits); ok && pkg.Name == "pyver" && isVersion && err == nil {
			t.Errorf("%s: names %s.%s; ask for a pyver.Feature instead", fset.Position(n.Pos()), pkg.Name, sel.Sel.Name)
		}
		return true
	})
}
