// Command genunidata writes package unidata's tables from what dump.py read out
// of real interpreters.
//
//	genunidata -data compiler/internal/unidata/data -out compiler/internal/unidata
//
// It needs no interpreter: the facts are committed, each with the versions for
// which it holds. For a new version, or to read all versions again, dump every
// version into a folder and merge:
//
//	python3.14 -I -S tools/genunidata/dump.py > FOLDER/3.14.txt
//	genunidata -merge FOLDER -data compiler/internal/unidata/data -out compiler/internal/unidata
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	merge := flag.String("merge", "", "folder of dumps, 3.14.txt and so on, to make the facts from first")
	data := flag.String("data", "data", "folder of the facts")
	out := flag.String("out", ".", "folder to write the tables to")
	flag.Parse()
	if err := run(*merge, *data, *out); err != nil {
		fmt.Fprintln(os.Stderr, "genunidata:", err)
		os.Exit(1)
	}
}

func run(merge, data, out string) error {
	if merge != "" {
		files, err := Merge(merge)
		if err != nil {
			return fmt.Errorf("merging dumps: %w", err)
		}
		if err := write(data, files); err != nil {
			return err
		}
	}
	files, err := Generate(data)
	if err != nil {
		return err
	}
	return write(out, files)
}

func write(folder string, files map[string][]byte) error {
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(folder, name), content, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// Generate returns the generated files of package unidata, by name, for the
// facts in a folder.
func Generate(folder string) (map[string][]byte, error) {
	all, err := Read(folder)
	if err != nil {
		return nil, err
	}
	classes, err := packClasses(all)
	if err != nil {
		return nil, fmt.Errorf("packing classes: %w", err)
	}
	forms, err := packNormalization(all)
	if err != nil {
		return nil, fmt.Errorf("packing normalization: %w", err)
	}
	names, err := packNames(all)
	if err != nil {
		return nil, fmt.Errorf("packing names: %w", err)
	}
	source, err := format(all, classes, forms, names)
	if err != nil {
		return nil, err
	}
	return map[string][]byte{
		"classes.bin":   classes.trie,
		"names.bin":     names.packed,
		"tables_gen.go": source,
	}, nil
}
