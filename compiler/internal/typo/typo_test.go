package typo

import (
	"os"
	"slices"
	"strings"
	"testing"
)

// TestKeywords compares the keywords of names with those that
// testdata/keywords.py got from an interpreter.
func TestKeywords(t *testing.T) {
	content, err := os.ReadFile("testdata/keywords.txt")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for line := range strings.Lines(string(content)) {
		words := strings.Fields(line)
		if got := Keywords(words[0]); !slices.Equal(got, words[1:]) {
			t.Errorf("%s: got %q, want %q", words[0], got, words[1:])
		}
		n++
	}
	if n < 30 {
		t.Errorf("only %d names were compared", n)
	}
}
