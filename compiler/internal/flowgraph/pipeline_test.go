package flowgraph

import (
	"testing"

	"github.com/rules-pyc/rules_pyc/compiler/internal/target"
)

func TestPipelineIsFull(t *testing.T) {
	for p := target.NoPass + 1; p < target.NumPasses; p++ {
		if pipeline[p] == nil {
			t.Errorf("pass %v has no function", p)
		}
	}
}
