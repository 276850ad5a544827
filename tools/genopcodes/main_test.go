package main

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rules-pyc/rules_pyc/internal/testpython"
	"github.com/rules-pyc/rules_pyc/pyver"
)

const (
	dataFolder   = "../../pyc/opcode/data"
	opcodeFolder = "../../pyc/opcode"
)

func TestGeneratedFilesAreCurrent(t *testing.T) {
	files, err := Generate(dataFolder)
	if err != nil {
		t.Fatal(err)
	}
	onDisk, err := filepath.Glob(filepath.Join(opcodeFolder, "*_gen.go"))
	if err != nil {
		t.Fatal(err)
	}
	if len(onDisk) != len(files) {
		t.Errorf("the generator writes %d files, %s has %d: %v", len(files), opcodeFolder, len(onDisk), onDisk)
	}
	for name, want := range files {
		got, err := os.ReadFile(filepath.Join(opcodeFolder, name))
		if err != nil {
			t.Errorf("%v; run go generate ./pyc/opcode", err)
		} else if !bytes.Equal(got, want) {
			t.Errorf("%s is not what the generator writes; run go generate ./pyc/opcode", name)
		}
	}
}

// TestConfirmData asks the real interpreters again. What only their headers
// know is checked by package opcode against what they do know.
func TestConfirmData(t *testing.T) {
	testpython.Each(t, func(t *testing.T, v pyver.Version, python string) {
		out, err := exec.Command(python, "-I", "-S", "dump.py").Output()
		if err != nil {
			t.Fatalf("running dump.py: %v", err)
		}
		committed, err := os.ReadFile(filepath.Join(dataFolder, v.String()+".json"))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(withoutHeaderFacts(t, committed), withoutHeaderFacts(t, out)); diff != "" {
			t.Errorf("the committed data differs from the interpreter's (-committed +interpreter):\n%s", diff)
		}
	})
}

func withoutHeaderFacts(t *testing.T, data []byte) map[string]any {
	t.Helper()
	var document map[string]any
	if err := json.Unmarshal(data, &document); err != nil {
		t.Fatal(err)
	}
	for _, i := range document["instructions"].([]any) {
		for _, field := range []string{"pop", "push", "eval_break"} {
			delete(i.(map[string]any), field)
		}
	}
	return document
}

func TestGoName(t *testing.T) {
	for name, want := range map[string]string{
		"CACHE": "Cache", "LOAD_FAST": "LoadFast", "CALL_INTRINSIC_1": "CallIntrinsic1",
		"JUMP_IF_FALSE_OR_POP": "JumpIfFalseOrPop",
	} {
		if got := goName(name); got != want {
			t.Errorf("goName(%q) = %q, want %q", name, got, want)
		}
	}
}

func TestFitRejects(t *testing.T) {
	if e, ok := fit(samples{0, 1, 4, 9}, []int{0, 1, 2, 3}); ok {
		t.Errorf("squares fit %v", e)
	}
}
