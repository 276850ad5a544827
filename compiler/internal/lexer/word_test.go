package lexer

import "testing"

// TestMasks compares the masks with what a look at each byte says, for every
// byte at every place between others.
func TestMasks(t *testing.T) {
	for _, around := range []string{"aaaaaaaa", "\n\n\n\n\n\n\n\n", "\xff\x00\x80~_09`"} {
		for i := range len(around) {
			for c := range 256 {
				text := []byte(around)
				text[i] = byte(c)
				checkMasks(t, string(text))
			}
		}
	}
}

func checkMasks(t *testing.T, text string) {
	t.Helper()
	w := wordAt(text, 0)
	name, newline := 8, 8
	for i := 7; i >= 0; i-- {
		marked := marksAll(w, '\n')>>(8*i)&0xff == 0x80
		if marked != (text[i] == '\n') {
			t.Errorf("marksAll(%q, newline): byte %d is marked: %v", text, i, marked)
		}
		if text[i] == '\n' {
			newline = i
		}
		if c := classes[text[i]]; c != classLetter && c != classDigit {
			name = i
		}
	}
	if got := first(marks(w, '\n')); got != newline {
		t.Errorf("first(marks(%q, newline)) = %d; want %d", text, got, newline)
	}
	if got := first(notName(w)); got != name {
		t.Errorf("first(notName(%q)) = %d; want %d", text, got, name)
	}
}

func TestWordAt(t *testing.T) {
	const text = "abcdefghij"
	for i := range len(text) + 1 {
		w := wordAt(text, i)
		for j := range 8 {
			want := byte(0)
			if i+j < len(text) {
				want = text[i+j]
			}
			if got := byte(w >> (8 * j)); got != want {
				t.Errorf("byte %d of wordAt(%d) = %q; want %q", j, i, got, want)
			}
		}
	}
}
