// Command genast writes the syntax tree's node types, their allocator and
// their dump from compiler/internal/ast/schema.txt.
//
//	go run ./tools/genast compiler/internal/ast
package main

import (
	"bytes"
	"fmt"
	"go/format"
	"os"
	"path/filepath"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: genast DIR")
		os.Exit(2)
	}
	if err := run(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "genast:", err)
		os.Exit(1)
	}
}

func run(dir string) error {
	text, err := os.ReadFile(filepath.Join(dir, "schema.txt"))
	if err != nil {
		return fmt.Errorf("reading the schema: %w", err)
	}
	s, err := parse(string(text))
	if err != nil {
		return fmt.Errorf("reading the schema: %w", err)
	}
	for name, write := range map[string]func(*bytes.Buffer, *schema){
		"nodes_gen.go": writeNodes, "arena_gen.go": writeArena, "dump_gen.go": writeDump,
	} {
		var b bytes.Buffer
		write(&b, s)
		code, err := format.Source(b.Bytes())
		if err != nil {
			return fmt.Errorf("formatting %s: %w", name, err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), code, 0o644); err != nil {
			return fmt.Errorf("writing %s: %w", name, err)
		}
	}
	return nil
}
