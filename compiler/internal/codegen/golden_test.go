package codegen_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rules-pyc/rules_pyc/compiler/internal/codegen"
	"github.com/rules-pyc/rules_pyc/internal/golden"
	"github.com/rules-pyc/rules_pyc/pyver"
)

const archives = "testdata/*.txtar"

// TestGolden compares instructions with those of real CPythons.
func TestGolden(t *testing.T) {
	golden.Each(t, archives, func(t *testing.T, v pyver.Version, cases []golden.Case) {
		if !codegen.Covers(v) {
			t.Skipf("no code is generated for %v", v)
		}
		level := 0
		if strings.Contains(t.Name(), "_level2/") {
			level = 2
		}
		d := newDumper(v)
		for _, c := range cases {
			if diff := cmp.Diff(c.Want, d.dump([]byte(c.Source), level)+"\n"); diff != "" {
				t.Errorf("%s(-want +got)\n%s", c.Source, diff)
			}
		}
	})
}
