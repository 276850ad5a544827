package compiler

import "testing"

func TestStoredName(t *testing.T) {
	for name, want := range map[string]string{
		"":                "",
		"src/café.py":     "src/café.py",
		"\uffff\ufffd.py": "\uffff\ufffd.py",
		"\x80\xff.py":     "\xed\xb2\x80\xed\xb3\xbf.py", // U+DC80, U+DCFF
		"a\xc3.py":        "a\xed\xb3\x83.py",            // U+DCC3
		"\xed\xb2\x80":    "\xed\xb3\xad\xed\xb2\xb2\xed\xb2\x80",
	} {
		if got := storedName(name); got != want {
			t.Errorf("%q: got %q, want %q", name, got, want)
		}
	}
}
