package unidata_test

import (
	"strings"
	"testing"

	"github.com/rules-pyc/rules_pyc/compiler/internal/unidata"
	"github.com/rules-pyc/rules_pyc/pyver"
)

// texts are 64 characters each, so that ns/op over 64 is the time for one.
var texts = []struct{ name, text string }{
	{"ascii", strings.Repeat("name_123", 8)},
	{"latin", strings.Repeat("größenäß", 8)},
	{"han", strings.Repeat("名前変数関数漢字", 8)},
	{"hangul", strings.Repeat("변수이름함수이름", 8)},
	{"decomposed", strings.Repeat("e\u0301o\u0308n\u0303s\u0323", 8)},
	{"compatible", strings.Repeat("ｎａｍｅﬁℌ１２", 8)},
}

func BenchmarkIsContinue(b *testing.B) {
	tables := unidata.For(pyver.Default)
	for _, tt := range texts {
		runes := []rune(tt.text)
		b.Run(tt.name, func(b *testing.B) {
			n := 0
			for b.Loop() {
				for _, r := range runes {
					if tables.IsContinue(r) {
						n++
					}
				}
			}
			reportPerRune(b, len(runes))
		})
	}
}

func BenchmarkNFKC(b *testing.B) {
	tables := unidata.For(pyver.Default)
	for _, tt := range texts {
		b.Run(tt.name, func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(tt.text)))
			for b.Loop() {
				tables.NFKC(tt.text)
			}
			reportPerRune(b, len([]rune(tt.text)))
		})
	}
}

func reportPerRune(b *testing.B, runes int) {
	b.Helper()
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(runes), "ns/rune")
}

func BenchmarkLookupName(b *testing.B) {
	tables := unidata.For(pyver.Default)
	for _, name := range []string{"LATIN SMALL LETTER A", "zwnj", "ZIRCON", "HANGUL SYLLABLE GAG", "CJK UNIFIED IDEOGRAPH-4E00"} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				tables.LookupName(name)
			}
		})
	}
}
