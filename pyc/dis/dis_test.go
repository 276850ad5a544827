package dis_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rules-pyc/rules_pyc/pyc"
	"github.com/rules-pyc/rules_pyc/pyc/dis"
	"github.com/rules-pyc/rules_pyc/pyver"
)

// eachGolden runs f for every file that testdata/generate.py wrote.
func eachGolden(t *testing.T, f func(t *testing.T, v pyver.Version, base string, code *pyc.Code)) {
	t.Helper()
	for _, v := range pyver.All() {
		files, err := filepath.Glob(filepath.Join("testdata", v.String(), "*.pyc"))
		if err != nil || len(files) == 0 {
			t.Fatalf("no goldens of %v: %v", v, err)
		}
		for _, name := range files {
			base := strings.TrimSuffix(name, ".pyc")
			t.Run(v.String()+"/"+filepath.Base(base), func(t *testing.T) { f(t, v, base, load(t, v, name)) })
		}
	}
}

func load(tb testing.TB, v pyver.Version, name string) *pyc.Code {
	tb.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		tb.Fatal(err)
	}
	file, err := pyc.ParseFile(data)
	if err != nil {
		tb.Fatal(err)
	}
	if got, _ := file.Version(); got != v {
		tb.Fatalf("%s is of version %v", name, got)
	}
	return file.Code
}

func text(t *testing.T, c *pyc.Code, v pyver.Version, o dis.Options) string {
	t.Helper()
	var out bytes.Buffer
	if err := dis.Fprint(&out, c, v, o); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestFprint(t *testing.T) {
	eachGolden(t, func(t *testing.T, v pyver.Version, base string, code *pyc.Code) {
		for mode, suffix := range map[string]string{"plain": ".dis", "full": ".full.dis"} {
			want, err := os.ReadFile(base + suffix)
			if errors.Is(err, os.ErrNotExist) && mode == "full" {
				continue // the source is a long one
			}
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), text(t, code, v, referenceOptions(v, mode))); diff != "" {
				t.Errorf("%s (-CPython +ours):\n%s", mode, diff)
			}
		}
	})
}

// TestInstructions ties the values to the text: every instruction's name and
// operand are in it, in order.
func TestInstructions(t *testing.T) {
	eachGolden(t, func(t *testing.T, v pyver.Version, _ string, code *pyc.Code) {
		rest := text(t, code, v, dis.Options{})
		all, err := dis.Instructions(code, v)
		if err != nil {
			t.Fatal(err)
		}
		for i, in := range all {
			part := in.Name
			if in.ArgRepr != "" {
				part += " "
			}
			_, after, ok := strings.Cut(rest, part)
			if ok && in.ArgRepr != "" {
				_, after, ok = strings.Cut(after, "("+in.ArgRepr+")")
			}
			if !ok {
				t.Fatalf("the text lacks instruction %d: %+v", i, in)
			}
			rest = after
			if i > 0 && in.StartOffset > in.Offset || in.JumpTarget >= 0 && !isLabelled(all, in.JumpTarget) {
				t.Errorf("%+v", in)
			}
		}
		data, err := json.Marshal(all)
		if err != nil {
			t.Fatal(err)
		}
		var back []dis.Instruction
		if err := json.Unmarshal(data, &back); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(all, back); diff != "" {
			t.Errorf("JSON changes the instructions (-before +after):\n%s", diff)
		}
	})
}

func isLabelled(all []dis.Instruction, offset int) bool {
	for _, in := range all {
		if in.Offset == offset {
			return in.Label > 0
		}
	}
	return false
}

// TestSharedCode shows a code object that its own constants reach again and
// again: written out, it would be exponentially long.
func TestSharedCode(t *testing.T) {
	code := load(t, pyver.Default, filepath.Join("testdata", pyver.Default.String(), "empty.pyc"))
	for range 60 {
		outer := *code
		outer.Consts = &pyc.Tuple{Items: []pyc.Object{pyc.None, code, code}}
		code = &outer
	}
	if got := strings.Count(text(t, code, pyver.Default, dis.Options{}), "Disassembly of"); got != 120 {
		t.Errorf("%d code objects announced, want 120", got)
	}
}

func TestTooLong(t *testing.T) {
	code := load(t, pyver.Default, filepath.Join("testdata", pyver.Default.String(), "longcode.pyc"))
	var out bytes.Buffer
	err := dis.Fprint(&out, code, pyver.Default, dis.Options{MaxBytes: 1000})
	if !errors.Is(err, dis.ErrTooLong) || out.Len() < 900 || out.Len() > 1200 {
		t.Errorf("%d bytes and the error %v", out.Len(), err)
	}
}

func TestUnknownVersion(t *testing.T) {
	code := &pyc.Code{Bytecode: &pyc.Bytes{Value: []byte{0, 0}}}
	if err := dis.Fprint(&bytes.Buffer{}, code, pyver.Last+1, dis.Options{}); err == nil {
		t.Error("Fprint takes an unknown version")
	}
	if _, err := dis.Instructions(code, 0); err == nil {
		t.Error("Instructions takes an unknown version")
	}
	for _, err := range dis.Decode([]byte{0, 0}, 0) {
		if err == nil {
			t.Error("Decode takes an unknown version")
		}
	}
}
