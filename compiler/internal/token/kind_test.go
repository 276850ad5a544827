package token

import (
	"testing"

	"github.com/rules-pyc/rules_pyc/compiler/internal/names"
)

func TestKinds(t *testing.T) {
	for k := EndMarker; k < NumKinds; k++ {
		name := k.String()
		if name == "" {
			t.Errorf("kind %d has no name", k)
		}
		if k.IsKeyword() {
			continue
		}
		if got, ok := Named(name); !ok || got != k {
			t.Errorf("Named(%s) = %v, %v; want kind %d", name, got, ok, k)
		}
		if text := operatorTexts[k]; text != "" {
			if got, ok := Operator(text); !ok || got != k {
				t.Errorf("Operator(%s) = %v, %v; want %v", text, got, ok, k)
			}
		}
	}
	if Keyword(names.False) != False || Keyword(names.Yield) != Yield {
		t.Error("kinds and names of keywords are in different orders")
	}
}
