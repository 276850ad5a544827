"""Prints what the running interpreter knows of Unicode, one fact a line.

    python3.14 -I -S dump.py > 3.14.txt

A line is a kind and its values; code points have six hexadecimal digits:

    unicode VERSION                 version of the Unicode database
    start FIRST..LAST               str.isidentifier accepts it as first character
    continue FIRST..LAST            ... and as a later one
    unsettled FIRST..LAST           NFKC changes it, or it may act on its neighbours
    combining FIRST..LAST CLASS     canonical combining class, where it is not 0
    nfkd CODE CODE...               compatibility decomposition, Hangul excepted
    compose FIRST SECOND COMPOSITE  canonical composition, Hangul excepted
    jamo COLUMN INDEX NAME          parts of the names of Hangul syllables
    derived FIRST..LAST PREFIX      \\N{} accepts PREFIX and the code point in hexadecimal
    rule NAME                       how \\N{} reads names that are made of parts
    name CODE NAME                  \\N{} accepts NAME: the names made by no rule
    alias CODE NAME                 \\N{} accepts NAME, which is not the character's name
"""

import ctypes
import sys
import unicodedata
from unicodedata import normalize

ALL = range(sys.maxunicode + 1)
HANGUL = range(0xAC00, 0xAC00 + 19 * 21 * 28)
IDEOGRAPHS = ("CJK UNIFIED IDEOGRAPH-", "TANGUT IDEOGRAPH-")
# Prefixes of derived names in the Unicode standard whose names are few enough
# to be listed like any other.
LISTED = (
    "CJK COMPATIBILITY IDEOGRAPH-",
    "EGYPTIAN HIEROGLYPH-",
    "KHITAN SMALL SCRIPT CHARACTER-",
    "NUSHU CHARACTER-",
)


def main():
    lines = ["unicode " + unicodedata.unidata_version]
    lines += ranges("start", lambda c: chr(c).isidentifier())
    lines += ranges("continue", lambda c: ("a" + chr(c)).isidentifier())
    lines += ranges("combining", lambda c: str(unicodedata.combining(chr(c)) or ""))
    lines += normalization()
    lines += hangul_parts()
    lines += derived_names()
    lines += names()
    sys.stdout.write("".join(line + "\n" for line in sorted(lines)))


def ranges(kind, value):
    """Lines for the runs of code points whose value is the same and not false."""
    lines, first, last = [], 0, None
    for c in ALL:
        v = value(c)
        if v != last:
            if last:
                lines.append(f"{kind} {first:06X}..{c - 1:06X}{suffix(last)}")
            first, last = c, v
    if last:
        lines.append(f"{kind} {first:06X}..{ALL[-1]:06X}{suffix(last)}")
    return lines


def suffix(value):
    return "" if value is True else " " + value


def codes(s):
    return " ".join(f"{ord(c):06X}" for c in s)


def normalization():
    lines, seconds = [], set()
    for c in ALL:
        if c in HANGUL:
            continue
        s = chr(c)
        full = normalize("NFKD", s)
        if full != s:
            lines.append(f"nfkd {c:06X} {codes(full)}")
        # The parts of a decomposition compose again unless c is excluded.
        parts = unicodedata.decomposition(s).split()
        if len(parts) == 2 and parts[0][0] != "<" and normalize("NFC", s) == s:
            first, second = (int(part, 16) for part in parts)
            lines.append(f"compose {first:06X} {second:06X} {c:06X}")
            seconds.add(second)
    for s in map(chr, HANGUL):
        seconds.update(map(ord, normalize("NFD", s)[1:]))
    lines += ranges(
        "unsettled",
        lambda c: c in seconds or unicodedata.combining(chr(c)) != 0 or normalize("NFKC", chr(c)) != chr(c),
    )
    return lines


def hangul_parts():
    """The names of leading consonants, vowels and trailing consonants, found
    by taking away what the names of neighbouring syllables share."""

    def name(leading, vowel, trailing):
        return unicodedata.name(chr(HANGUL[(leading * 21 + vowel) * 28 + trailing]))

    prefix = "HANGUL SYLLABLE "
    columns = (
        [name(i, 0, 0).removeprefix(prefix).removesuffix("A") for i in range(19)],
        [name(11, i, 0).removeprefix(prefix) for i in range(21)],
        [name(11, 0, i).removeprefix(prefix + "A") for i in range(28)],
    )
    for i, c in enumerate(HANGUL):
        made = prefix + columns[0][i // 588] + columns[1][i // 28 % 21] + columns[2][i % 28]
        assert unicodedata.name(chr(c)) == made and escape(made) == c
    return [f"jamo {column} {i:02} {part}" for column, parts in enumerate(columns) for i, part in enumerate(parts)]


def derived_names():
    lines = []
    for prefix in IDEOGRAPHS:
        lines += ranges("derived", lambda c: prefix if escape(f"{prefix}{c:04X}") == c else "")
    if escape("cjk unified ideograph-4e00") == 0x4E00:
        lines.append("rule ignores case")
    if escape("CJK UNIFIED IDEOGRAPH-04E00") == 0x4E00:
        lines.append("rule takes a leading zero")
    return lines


def names():
    lines = []
    for c in ALL:
        name = unicodedata.name(chr(c), "")
        for prefix in LISTED:
            listed = f"{prefix}{c:04X}"
            assert (escape(listed) == c) == (name == listed), listed
        if name and c not in HANGUL and not name.startswith(IDEOGRAPHS):
            assert escape(name) == c
            lines.append(f"name {c:06X} {name}")
    return lines + [f"alias {escape(alias):06X} {alias}" for alias in aliases()]


def escape(name):
    """The code point that \\N{name} stands for in a string literal, or -1."""
    try:
        return ord(rf"\N{{{name}}}".encode().decode("unicode_escape"))
    except UnicodeDecodeError:
        return -1


def aliases():
    """The names for which \\N{} has an entry and which no character bears. The
    module lists them nowhere, but keeps them as names of private code points
    that its C interface tells to those who ask for them. Names of sequences
    are among these; \\N{} does not accept them."""
    api = ctypes.pythonapi
    api.PyCapsule_GetPointer.restype = ctypes.c_void_p
    api.PyCapsule_GetPointer.argtypes = [ctypes.py_object, ctypes.c_char_p]
    pointer = api.PyCapsule_GetPointer(unicodedata._ucnhash_CAPI, b"unicodedata._ucnhash_CAPI")
    prototype = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_uint32, ctypes.c_char_p, ctypes.c_int, ctypes.c_int)
    getname = prototype(ctypes.c_void_p.from_address(pointer).value)
    buffer = ctypes.create_string_buffer(1024)
    for c in range(0xF0000, 0x110000):
        if getname(c, buffer, len(buffer), 1) and not unicodedata.name(chr(c), ""):
            name = buffer.value.decode()
            if escape(name) >= 0:
                yield name


if __name__ == "__main__":
    main()
