package codegen

import (
	"strings"

	"github.com/rules-pyc/rules_pyc/compiler/internal/ast"
	"github.com/rules-pyc/rules_pyc/compiler/internal/instr"
	"github.com/rules-pyc/rules_pyc/compiler/internal/names"
	"github.com/rules-pyc/rules_pyc/pyc/opcode"
)

// The bits of IMPORT_NAME's operand below the name.
const (
	importPlain = 0
	importLazy  = 1
	importEager = 2
)

// importMode says how a module is imported: at once where a lazy import could
// not be told from it, by scope or by the exceptions that are handled there.
func (c *Compiler) importMode(lazy bool) int32 {
	if lazy {
		return importLazy
	}
	if c.u.kind != moduleScope {
		return importEager
	}
	for i := range c.u.blocks {
		switch c.u.blocks[i].kind {
		case tryExcept, finallyTry, finallyEnd, handlerCleanup, exceptionHandler, exceptionGroupHandler:
			return importEager
		}
	}
	return importPlain
}

// importName adds the import of a module.
func (c *Compiler) importName(loc instr.Loc, name names.ID, mode int32) {
	arg := c.u.Names.Add(c.mangle(name))
	if c.does.lazyImports {
		arg = arg<<2 | mode
	}
	c.addI(loc, opcode.ImportName, arg)
}

// importStmt generates an import statement. "import a.b" binds a, and
// "import a.b as c" binds a.b.
//
// CPython: codegen.c, codegen_import.
func (c *Compiler) importStmt(s *ast.Import) {
	for _, alias := range s.Names {
		c.addInt(s.Loc, 0)
		c.addNone(s.Loc)
		c.importName(s.Loc, alias.Name, c.importMode(s.IsLazy != 0))
		if alias.AsName != names.None {
			c.importAs(s.Loc, alias)
			continue
		}
		name := alias.Name
		if first, _, dotted := strings.Cut(c.names.Text(name), "."); dotted {
			name = c.names.Intern(first)
		}
		c.nameOp(s.Loc, name, ast.Store)
	}
}

// importAs binds the module that a dotted name leads to.
//
// CPython: codegen.c, codegen_import_as.
func (c *Compiler) importAs(loc instr.Loc, alias *ast.Alias) {
	_, rest, dotted := strings.Cut(c.names.Text(alias.Name), ".")
	if !dotted {
		c.nameOp(loc, alias.AsName, ast.Store)
		return
	}
	for {
		attr, more, again := strings.Cut(rest, ".")
		c.addI(loc, opcode.ImportFrom, c.u.Names.Add(c.names.Intern(attr)))
		if !again {
			break
		}
		c.addI(loc, opcode.Swap, 2)
		c.add(loc, opcode.PopTop)
		rest = more
	}
	c.nameOp(loc, alias.AsName, ast.Store)
	c.add(loc, opcode.PopTop)
}

// fromImport generates a from … import statement.
//
// CPython: codegen.c, codegen_from_import.
func (c *Compiler) fromImport(s *ast.ImportFrom) {
	c.addInt(s.Loc, int64(s.Level))
	items := c.pool.Slots(len(s.Names))
	for i, alias := range s.Names {
		items[i] = c.pool.Ident(alias.Name)
	}
	c.addConst(s.Loc, c.pool.Tuple(items))
	star := c.names.Text(s.Names[0].Name) == "*"
	mode := c.importMode(s.IsLazy != 0)
	if star {
		mode = importEager
	}
	c.importName(s.Loc, s.Module, mode) // the empty name if absent
	if star {
		c.addI(s.Loc, opcode.CallIntrinsic1, importStar)
		c.add(instr.NoLoc(), opcode.PopTop)
		return
	}
	for _, alias := range s.Names {
		c.addName(s.Loc, opcode.ImportFrom, alias.Name)
		name := alias.Name
		if alias.AsName != names.None {
			name = alias.AsName
		}
		c.nameOp(s.Loc, name, ast.Store)
	}
	c.add(s.Loc, opcode.PopTop)
}
