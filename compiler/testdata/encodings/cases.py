"""Writes what an interpreter says of sources in all sorts of encodings, as JSON on
stdout: the bytes in hexadecimal, and the syntax tree or the error's message, lineno,
offset, end_lineno, end_offset and text. python3.11 cases.py > 3.11.json
"""
import ast
import json
import sys
import warnings

BOM = b"\xef\xbb\xbf"
SOURCES = [
    # Bytes that are not UTF-8, in files that declare nothing or UTF-8.
    b"x = '\xff'\n", b"a\nb\nx = '\xe9'\n", b"x = '\xe2\x82'\n", b"x = '\xc0\x80'\n", b"x = '\xed\xa0\x80'\n", b"x = '\xf4\x90\x80\x80'\n",
    b"x = '\xf0\x9f\x92'\n", b"x = '\xe2\x82", b"x = 1\n" * 100 + b"y = '\xfe'\n", "é = 'ü".encode() + b"\xff'\n", b"\xff", b"\r\xff", b"\xef\xbb\nx=1\n",
    b"x=1\r\ny='\xff'\r\n", b"# coding: utf-8\nx = '\xff'\n", b"# coding: UTF_8-unix\nx = '\xff'\n", BOM + b"x = '\xff'\n",
    BOM + b"# coding: utf-8\nx = '\xff'\n", b"#!\n# -*- coding: utf-8 -*-\nx = 1 \xff\n", b"x = = 1\ny = '\xff'\n", b"x = 1 +\n\xff\n", b"x = 1 \xf8\x88\x80\x80\x80\n",
    b"'''\n# coding: latin-1\n\xe9'''\n", b"\\\n# coding: latin-1\nx='\xe9'\n", b"x=1 # coding: latin-1\nx='\xe9'\n", b"x='\xff\xe2\x82\xe2\x82\xac\xff'\n",
    b"\n\n# coding: latin-1\nx='\xe9'\n",
    # The same through a codec.
    b"# coding: utf8\nx='\xff'\n", b"# coding: utf8\nx='\xe2\x82'\n", b"# coding: utf8\nx='\xe2\x82", b"# coding: U8\r\nx='\xed\xa0\x80'\r\n", b"# coding: utf8\nx='\xf0\x9f\x92'\n",
    b"# coding: utf8\nx='\xc3\xa9'\n", b"# coding: utf8\nx='\xf4\x90\x80\x80'\n",
    # Byte order marks.
    BOM + b"x = '\xc3\xa9'\n", BOM, BOM + BOM + b"x=1\n", BOM + b"# coding: latin-1\nx = 1\n", BOM + b"# coding: utf8\nx = 1\n", BOM + b"#!\n# coding: klingon\nx=1\n",
    BOM + b"# coding: utf-8\nx = '\xc3\xa9'\n", BOM + b"# coding: utf-8-sig\nx = 1\n", BOM + b"\r\n# coding=cp1252\r\nx = 1\r\n", BOM + "# é coding: big5\n".encode(),
    # Names.
    b"# coding: klingon\nx=1\n", b"# coding: rot13\nx=1\n", b"# coding: Hex\nx=1\n", b"# coding: aliases\nx=1\n", b"# coding: mbcs\nx=1\n", b"# coding: .\nx=1\n",
    b"# coding: shift.jis\nx=1\n", b"# coding: iso.8859.15\nx='\xa4'\n", b"# coding: -latin1\nx='\xa4'\n", b"# coding: ISO_8859-1-unix\nx='\xa4'\n", b"# coding: utf8_sig\nx=1\n",
    b"# coding: korean\nx='\x81\x41'\n", b"# coding: 874\nx='\xa1'\n", b"# coding: __init__\nx=1\n", b"# coding: \nx=1\n", b"# encoding = 'latin-1'\nx=1\n",
    b"# vim: set fileencoding=latin-1 :\nx='\xe9'\n", b"#coding:coding=latin1\nx=1\n", b"# coding: utf-8 coding: latin-1\nx=1\n", b"# codingcoding=latin1\nx='\xe9'\n",
    # Encodings of one byte a character.
    b"# coding: ascii\nx = '\xff'\n", b"# coding: us-ascii\nx = '\x7f'\n", b"# coding: latin-1\nx = '\xe9\x85\xa0'\n", b"# coding: cp1252\nx = '\x81'\n", b"# coding: cp1252\r\nx = '\x80'\r\n",
    b"# coding: iso-8859-15\nx = '\xa4'\n", b"# coding: koi8-r\nx = '\xc1\xc2'\n", b"# coding: iso8859-3\nx = '\xa5'\n", b"# coding: mac-roman\nx = '\xdb'\n", b"# coding: cp874\nx = '\xdb'\n",
    b"# coding: cp437\n\xe1 = '\x9b'\n", b"# coding: palmos\nx = '\x9b'\n", b"# coding: tis-620\nx = '\xa0'\n", b"# coding: hp-roman8\nx = '\xff'\n",
    # Encodings of several.
    b"# coding: shift_jis\nx = '\x81'\n", b"# coding: shift_jis\nx = '\x81\x60\x82\xa0'\n", b"# coding: cp932\nx = '\x81\x60\x80\xa0'\n", b"# coding: shift_jis\nx = '\x83\x5c'\n",
    b"# coding: sjis\nx = '\x5c\x7e'\n", b"# coding: euc_jp\nx = '\xa1\xc1\x8e\xb1\x8f\xb0\xa1'\n", b"# coding: euc_jp\nx = '\x8f\xa1'\n", b"# coding: gbk\nx = '\xa1\xa4\x81\x40'\n",
    b"# coding: gb2312\nx = '\xa1\xa4\x81\x40'\n", b"# coding: gb18030\nx = '\x81\x30\x81\x30\x94\x39\xda\x33'\n", b"# coding: gb18030\nx = '\x81\x30\x81'\n", b"# coding: gb18030\nx = '\x84\x31\xa5\x30'\n",
    b"# coding: big5\nx = '\xa1\x45\xa4\x40'\n", b"# coding: cp950\nx = '\xa1\x45'\n", b"# coding: big5hkscs\nx = '\x88\x62\x87\x40'\n", b"# coding: euc_kr\nx = '\xa4\xd4\xa4\xa1\xa4\xbf\xa4\xd4'\n",
    b"# coding: euc_kr\nx = '\x81\x41'\n", b"# coding: cp949\nx = '\x81\x41'\n", b"# coding: johab\nx = '\x88\x61'\n", b"# coding: euc_jis_2004\nx = '\xa4\xf7'\n",
    b"# coding: shift_jisx0213\nx = '\x82\xf5'\n", b"# coding: euc_kr\nx = '\xa4\xd4\xa4", b"# coding: big5\nx = '\xa4", b"# coding: shift_jis\r\nx = '\x81\r\n'\n", b"# coding: euc_jp\n\xb4\xc1 = 1\n",
    # Newlines and form feeds.
    b"# coding: latin-1", b"\n# coding: latin-1\r'\xe9'", b"\x0c# coding: latin-1\nx='\xe9'\n", b"\x0c\n\t # coding: latin-1\nx='\xe9'\n", b"x='''\r\n\r\x0c\n'''\r", b"# coding: cp1252\rx='''\r\r\n'''",
    b"# coding: latin-1\nx='\x85\x0c\x1c'\n", b"x = 1\r\r\n\ry = 2", b"# coding: gbk\r\nx='''\x81\x40\r\x81\x40'''", b"\r# coding: koi8-r\rx='\xc1'\r", b"x = '\xe2\x80\xa8'\n", b"if 1:\r\x0c  x\r  y",
    b"x = 1\0", b"\0", b"# coding: latin-1\nx = '\0'\n", b"", b"\x0c", b"# coding: latin-1\n\n\n", b"x = '''\\\r\n'''\r\n",
]


def answer(source):
    try:
        return ast.dump(ast.parse(source), include_attributes=True)
    except SyntaxError as e:
        return [e.msg, e.lineno, e.offset, e.end_lineno, e.end_offset, e.text]
    except UnicodeDecodeError as e:
        return ["(unicode error) " + str(e), None, None, None, None, None]
    except ValueError as e:  # NUL bytes, in early releases of 3.11
        return [str(e), None, None, None, None, None]


def main():
    warnings.simplefilter("ignore")
    json.dump([[s.hex(), answer(s)] for s in SOURCES], sys.stdout, indent=0)
    print()


main()
