"""Writes what an interpreter's text encodings are, as JSON on stdout.

names: every name under which codecs finds an encoding, in the form that
normalisation gives it: the module that decodes, and whether only the spelling
without dots is found (true) or one with dots too (false).
bytewise: by module, the 256 code points of an encoding of one byte a character
(-1 is undefined) and the name that its errors give.
multibyte: by module, the outcomes of all sequences, see outcomes.
ranges: of gb18030's sequences of four bytes, which are in order: the index of the
first, its code point and how many follow each other.
jamo: what the second, third and fourth pair of a syllable that euc_kr spells in
eight bytes add to its code point, by the second byte of the pair, -1 if nothing.
"""
import codecs
import encodings
import encodings.aliases
import importlib
import json
import os
import sys

MORE, PAIR, FIRST = 0, 0x200000, 5
MULTIBYTE = """big5 big5hkscs cp932 cp949 cp950 euc_jis_2004 euc_jisx0213 euc_jp euc_kr
gb18030 gb2312 gbk johab shift_jis shift_jis_2004 shift_jisx0213""".split()
# What decodes a file as a whole rather than character by character, or is not
# made for text.
STATEFUL = """hz idna iso2022_jp iso2022_jp_1 iso2022_jp_2 iso2022_jp_2004 iso2022_jp_3
iso2022_jp_ext iso2022_kr punycode raw_unicode_escape undefined unicode_escape utf_16
utf_16_be utf_16_le utf_32 utf_32_be utf_32_le utf_7 utf_8 utf_8_sig""".split()


def importable(name):
    try:
        return hasattr(importlib.import_module("encodings." + name), "getregentry")
    except ImportError:
        return False


def names():
    found = {}
    folder = os.path.dirname(encodings.__file__)
    for file in sorted(os.listdir(folder)):
        name, extension = os.path.splitext(file)
        if extension == ".py" and importable(name) and lookup(name):
            found[name] = [name, True]
    for alias, name in encodings.aliases.aliases.items():
        if importable(name) and lookup(alias):
            found[alias] = [name, False]
    return found


def lookup(name):
    try:
        codecs.lookup(name)
    except LookupError:
        return False
    return encodings.normalize_encoding(name) == name == name.lower()


def bytewise(name):
    table, error = [], None
    for i in range(256):
        try:
            char, = bytes([i]).decode(name)
            table.append(ord(char))
        except UnicodeDecodeError as e:
            table.append(-1)
            error = [e.encoding, e.reason]
    return {"table": table, "error": error}


def outcome(name, data):
    """A number: MORE bytes are needed, the length of an illegal sequence, or FIRST
    added to the character; PAIR is added if another character follows."""
    try:
        text = data.decode(name)
    except UnicodeDecodeError as e:
        assert e.start == 0 and e.encoding == name, (name, data, e)
        if e.reason == "incomplete multibyte sequence":
            assert e.end == len(data), (name, data, e)
            return [MORE]
        assert e.reason == "illegal multibyte sequence", e
        return [e.end]
    if len(text) == 2:
        return [FIRST + PAIR + ord(text[0]), ord(text[1])]
    char, = text
    return [FIRST + ord(char)]


def outcomes(name, prefix=b""):
    """The outcome of each next byte, and at once those of what it needs more of.
    The longest sequences of gb18030 and euc_kr are left at MORE behind two bytes."""
    for i in range(256):
        data = prefix + bytes([i])
        numbers = outcome(name, data)
        yield from numbers
        if numbers == [MORE] and not (name in ("gb18030", "euc_kr") and len(data) == 2):
            yield from outcomes(name, data)


def ranges():
    rows = []
    for i in range(126 * 10 * 126 * 10):
        data = bytes([0x81 + i // 12600, 0x30 + i // 1260 % 10, 0x81 + i // 10 % 126, 0x30 + i % 10])
        try:
            char, = data.decode("gb18030")
        except UnicodeDecodeError as e:
            assert e.end == 1 and e.start == 0, e
            continue
        if rows and i == rows[-1][0] + rows[-1][2] and ord(char) == rows[-1][1] + rows[-1][2]:
            rows[-1][2] += 1
        else:
            rows.append([i, ord(char), 1])
    return rows


def jamo():
    rows = [[], [], []]
    for pair, row in enumerate(rows):
        for i in range(256):
            spelling = bytearray(b"\xa4\xd4\xa4\xa1\xa4\xbf\xa4\xd4")
            spelling[2 * pair + 3] = i
            try:
                char, = spelling.decode("euc_kr")
            except UnicodeDecodeError as e:
                assert e.end == 1 and e.start == 0, e
                row.append(-1)
            else:
                row.append(ord(char) - 0xAC00)
    return rows


def main():
    found = names()
    modules = sorted({name for name, _ in found.values()})
    text = [n for n in modules if codecs.lookup(n)._is_text_encoding]
    json.dump({
        "version": "%d.%d" % sys.version_info[:2],
        "names": found,
        "other": [n for n in modules if n not in text],
        "stateful": [n for n in text if n in STATEFUL],
        "bytewise": {n: bytewise(n) for n in text if n not in STATEFUL + MULTIBYTE},
        "multibyte": {n: list(outcomes(n)) for n in text if n in MULTIBYTE},
        "ranges": ranges(),
        "jamo": jamo(),
    }, sys.stdout, sort_keys=True)


main()
