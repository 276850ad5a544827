package source

import (
	"bytes"
	"fmt"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
)

// decode turns the bytes of a file in a declared encoding into UTF-8.
func decode(name string, body []byte) ([]byte, error) {
	enc, known := codec(name)
	if !known {
		return nil, &Error{Msg: "unknown encoding: " + name, Offset: -1}
	}
	switch enc {
	case asUTF8:
		if !utf8.Valid(body) {
			return nil, invalidUTF8(body)
		}
		return body, nil
	case asASCII:
		for i, c := range body {
			if c >= utf8.RuneSelf {
				return nil, &Error{Offset: -1, Msg: fmt.Sprintf("'ascii' codec can't decode byte 0x%02x in position %d: ordinal not in range(128)", c, i)}
			}
		}
		return body, nil
	}
	if cm, ok := enc.(*charmap.Charmap); ok {
		return decodeBytes(cm, body)
	}
	out, err := enc.NewDecoder().Bytes(body)
	if err != nil {
		return nil, &Error{Msg: fmt.Sprintf("encoding problem: %s", name)}
	}
	// The decoders write U+FFFD for what does not decode.
	if bytes.Contains(out, []byte(string(utf8.RuneError))) && !replacementIsText(enc) {
		return nil, &Error{Msg: fmt.Sprintf("(unicode error) '%s' codec can't decode the file", name)}
	}
	return out, nil
}

// decodeBytes decodes an encoding of one byte a character. Python has the
// control characters of Latin-1 in all parts of ISO 8859.
func decodeBytes(cm *charmap.Charmap, body []byte) ([]byte, error) {
	out := make([]byte, 0, len(body)+len(body)/8)
	iso := strings.HasPrefix(cm.String(), "ISO 8859")
	for i, c := range body {
		r := cm.DecodeByte(c)
		if r == utf8.RuneError {
			if !iso || c < 0x80 || c > 0x9f {
				return nil, &Error{Offset: -1, Msg: fmt.Sprintf("'charmap' codec can't decode byte 0x%02x in position %d: character maps to <undefined>", c, i)}
			}
			r = rune(c)
		}
		out = utf8.AppendRune(out, r)
	}
	return out, nil
}

// replacementIsText reports whether an encoding can hold U+FFFD itself.
func replacementIsText(enc encoding.Encoding) bool { return enc == simplifiedchinese.GB18030 }

var (
	asUTF8  = encoding.Nop
	asASCII = encoding.Replacement
)

// codec finds an encoding by the names that Python's codecs have for it.
func codec(name string) (encoding.Encoding, bool) {
	switch s := strings.NewReplacer("-", "_", ".", "_", " ", "_").Replace(strings.ToLower(name)); s {
	case "utf8", "utf_8", "u8", "utf", "cp65001", "utf8_ucs2", "utf8_ucs4":
		return asUTF8, true
	case "ascii", "us_ascii", "646", "ansi_x3_4_1968", "iso646_us", "us":
		return asASCII, true
	case "iso_8859_1", "iso8859_1", "latin1", "latin_1", "latin", "l1", "8859", "cp819", "iso8859", "iso_8859_1_1987", "iso_ir_100", "ibm819":
		return charmap.ISO8859_1, true
	default:
		for _, family := range []func(string) encoding.Encoding{codePage, isoLatin, otherCharmap, eastAsian} {
			if enc := family(s); enc != nil {
				return enc, true
			}
		}
		return nil, false
	}
}

func codePage(s string) encoding.Encoding {
	s = strings.TrimPrefix(strings.TrimPrefix(strings.TrimPrefix(strings.TrimPrefix(s, "windows_"), "cp"), "ibm"), "windows")
	switch s {
	case "437":
		return charmap.CodePage437
	case "850":
		return charmap.CodePage850
	case "852":
		return charmap.CodePage852
	case "855":
		return charmap.CodePage855
	case "858":
		return charmap.CodePage858
	case "860":
		return charmap.CodePage860
	case "862":
		return charmap.CodePage862
	case "863":
		return charmap.CodePage863
	case "865":
		return charmap.CodePage865
	case "866":
		return charmap.CodePage866
	case "874":
		return charmap.Windows874
	case "1250":
		return charmap.Windows1250
	case "1251":
		return charmap.Windows1251
	case "1252":
		return charmap.Windows1252
	case "1253":
		return charmap.Windows1253
	case "1254":
		return charmap.Windows1254
	case "1255":
		return charmap.Windows1255
	case "1256":
		return charmap.Windows1256
	case "1257":
		return charmap.Windows1257
	case "1258":
		return charmap.Windows1258
	}
	return nil
}

func isoLatin(s string) encoding.Encoding {
	s = strings.TrimPrefix(strings.TrimPrefix(s, "iso"), "_")
	switch s {
	case "8859_2", "latin2", "latin_2", "l2":
		return charmap.ISO8859_2
	case "8859_3", "latin3", "latin_3", "l3":
		return charmap.ISO8859_3
	case "8859_4", "latin4", "latin_4", "l4":
		return charmap.ISO8859_4
	case "8859_5", "cyrillic":
		return charmap.ISO8859_5
	case "8859_6", "arabic":
		return charmap.ISO8859_6
	case "8859_7", "greek", "greek8":
		return charmap.ISO8859_7
	case "8859_8", "hebrew":
		return charmap.ISO8859_8
	case "8859_9", "latin5", "latin_5", "l5":
		return charmap.ISO8859_9
	case "8859_10", "latin6", "latin_6", "l6":
		return charmap.ISO8859_10
	case "8859_13", "latin7", "latin_7", "l7":
		return charmap.ISO8859_13
	case "8859_14", "latin8", "latin_8", "l8":
		return charmap.ISO8859_14
	case "8859_15", "latin9", "latin_9", "l9":
		return charmap.ISO8859_15
	case "8859_16", "latin10", "latin_10", "l10":
		return charmap.ISO8859_16
	}
	return nil
}

func otherCharmap(s string) encoding.Encoding {
	switch s {
	case "koi8_r", "cskoi8r":
		return charmap.KOI8R
	case "koi8_u":
		return charmap.KOI8U
	case "mac_roman", "macroman", "macintosh":
		return charmap.Macintosh
	case "mac_cyrillic", "maccyrillic":
		return charmap.MacintoshCyrillic
	}
	return nil
}

func eastAsian(s string) encoding.Encoding {
	switch s {
	case "shift_jis", "shiftjis", "sjis", "s_jis", "csshiftjis", "cp932", "932", "ms932", "mskanji", "ms_kanji":
		return japanese.ShiftJIS
	case "euc_jp", "eucjp", "ujis", "u_jis":
		return japanese.EUCJP
	case "iso2022_jp", "iso_2022_jp", "iso2022jp", "csiso2022jp":
		return japanese.ISO2022JP
	case "euc_kr", "euckr", "korean", "ks_c_5601", "ks_c_5601_1987", "ksc5601", "ksx1001", "ks_x_1001", "cp949", "949", "ms949", "uhc":
		return korean.EUCKR
	case "gbk", "936", "cp936", "ms936", "gb2312", "euccn", "euc_cn", "eucgb2312_cn", "gb2312_1980", "gb2312_80", "chinese", "csiso58gb231280":
		return simplifiedchinese.GBK
	case "gb18030", "gb18030_2000":
		return simplifiedchinese.GB18030
	case "hz", "hzgb", "hz_gb", "hz_gb_2312":
		return simplifiedchinese.HZGB2312
	case "big5", "big5_tw", "csbig5", "cp950", "950", "ms950", "big5_hkscs", "big5hkscs":
		return traditionalchinese.Big5
	}
	return nil
}

// invalidUTF8 describes the first byte that is not UTF-8.
// CPython: tokenizer/helpers.c, _PyTokenizer_ensure_utf8.
func invalidUTF8(body []byte) *Error {
	line, start, i := 1, 0, 0
	for i < len(body) {
		r, n := utf8.DecodeRune(body[i:])
		if r == utf8.RuneError && n == 1 {
			break
		}
		i += n
		if r == '\n' || r == '\r' && (i == len(body) || body[i] != '\n') {
			line++
			start = i
		}
	}
	text := body[start:]
	if end := bytes.IndexAny(text, "\r\n"); end >= 0 {
		text = text[:end]
	}
	col := utf8.RuneCount(body[start:i]) + 1
	return &Error{
		Msg: fmt.Sprintf("Non-UTF-8 code starting with '\\x%02x' on line %d, but no encoding declared;"+
			" see https://peps.python.org/pep-0263/ for details", body[i], line),
		Line: line, Offset: col, EndLine: line, EndOffset: col, Text: strings.ToValidUTF8(string(text), "\uFFFD"),
	}
}
