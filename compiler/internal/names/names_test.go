package names

import (
	"strconv"
	"strings"
	"testing"
)

func TestTable(t *testing.T) {
	var table Table
	for round := range 2 {
		table.Reset()
		if got := table.Intern("yield"); got != Yield {
			t.Errorf("round %d: Intern(yield) = %d; want %d", round, got, Yield)
		}
		if got := table.Lookup("spam"); got != None {
			t.Errorf("round %d: Lookup of a name that is not there = %d; want None", round, got)
		}
		// More names than there are slots at first.
		ids := map[ID]string{}
		for i := range 3 * startSlots {
			text := "n" + strconv.Itoa(i)
			id := table.Intern(text)
			if other, taken := ids[id]; taken {
				t.Fatalf("round %d: %s and %s have the number %d", round, text, other, id)
			}
			ids[id] = text
		}
		for id, text := range ids {
			if table.Intern(text) != id || table.Lookup(text) != id || table.Text(id) != text {
				t.Errorf("round %d: %s has lost the number %d", round, text, id)
			}
		}
	}
}

// TestLengths has texts that differ in one byte, at every place of every length.
func TestLengths(t *testing.T) {
	var table Table
	table.Reset()
	ids := map[ID]string{}
	for size := range 40 {
		for i := range size + 1 {
			text := []byte(strings.Repeat("x", size))
			if i < size {
				text[i] = 'y'
			}
			id := table.Intern(string(text))
			if other, taken := ids[id]; taken {
				t.Fatalf("%q and %q have the number %d", text, other, id)
			}
			ids[id] = string(text)
		}
	}
	for id, text := range ids {
		if got := table.Lookup(text); got != id || table.Text(id) != text {
			t.Errorf("Lookup(%q) = %d; want %d", text, got, id)
		}
		if len(text) > 16 {
			continue
		}
		e, _ := slotOf(text)
		if got := table.InternWords(e.first, e.last, text); got != id {
			t.Errorf("InternWords of %q = %d; want %d", text, got, id)
		}
	}
}

func TestKnown(t *testing.T) {
	for id := False; id < firstFree; id++ {
		if known[id] == "" {
			t.Errorf("ID %d has no text", id)
		}
		if got := Known(known[id]); got != id {
			t.Errorf("Known(%s) = %d; want %d", known[id], got, id)
		}
	}
	if got := Known("spam"); got != None {
		t.Errorf("Known(spam) = %d; want None", got)
	}
}
