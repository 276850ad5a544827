package unidata_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/rules-pyc/rules_pyc/compiler/internal/unidata"
	"github.com/rules-pyc/rules_pyc/pyver"
)

// FuzzNFKC holds what is true of all texts: the normal form is normal itself, and
// is UTF-8 if the text is.
func FuzzNFKC(f *testing.F) {
	for _, s := range []string{"", "name", "e\u0301", "s\u0307\u0323", "\ufdfa\u0301\xff", "\uac00\u11a8", strings.Repeat("\u0301\u0323", 40)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, v := range pyver.All() {
			tables := unidata.For(v)
			form := tables.NFKC(s)
			if again := tables.NFKC(form); again != form {
				t.Errorf("%v: NFKC(%+q) = %+q, whose own is %+q", v, s, form, again)
			}
			if utf8.ValidString(s) != utf8.ValidString(form) {
				t.Errorf("%v: NFKC(%+q) = %+q", v, s, form)
			}
		}
	})
}

// FuzzLookupName holds that a name that is found is found in capitals too.
func FuzzLookupName(f *testing.F) {
	for _, s := range []string{"", "LATIN SMALL LETTER A", "hangul syllable gag", "CJK UNIFIED IDEOGRAPH-04E00", "tangut ideograph-17000", "\xff", "\x00"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, v := range pyver.All() {
			tables := unidata.For(v)
			got, ok := tables.LookupName(s)
			if !ok {
				continue
			}
			if capital, _ := tables.LookupName(strings.ToUpper(s)); capital != got {
				t.Errorf("%v: LookupName(%q) = %U, in capitals %U", v, s, got, capital)
			}
			if !utf8.ValidRune(got) {
				t.Errorf("%v: LookupName(%q) = %U", v, s, got)
			}
		}
	})
}
