"""Writes the golden of the running interpreter beside this file.

    python3.14 -I -S testdata/generate.py

Whole planes are compared by the SHA-256 of what the interpreter says of their
code points, in order.
"""

import hashlib
import json
import os
import random
import runpy
import sys
import unicodedata

PREFIXES = ("CJK UNIFIED IDEOGRAPH-", "TANGUT IDEOGRAPH-")
SURROGATES = range(0xD800, 0xE000)
# Characters of which many decompose, compose or combine.
BUSY = (
    (0x61, 0x7A), (0xA0, 0x17F), (0x1E00, 0x1EFF), (0x300, 0x36F), (0x591, 0x5C7), (0x64B, 0x65F), (0x93C, 0x94D),
    (0x958, 0x95F), (0x9BC, 0x9D7), (0xB3C, 0xB57), (0xBBE, 0xBD7), (0xDCA, 0xDDF), (0xF71, 0xF84), (0x1026, 0x1039),
    (0x1100, 0x1112), (0x1161, 0x1175), (0x11A7, 0x11C2), (0xAC00, 0xAC40), (0x1B05, 0x1B44), (0x1DC0, 0x1DFF),
    (0x20D0, 0x20F0), (0x2100, 0x214F), (0x2460, 0x2473), (0x3041, 0x309F), (0xF900, 0xFA20), (0xFB00, 0xFB4F),
    (0xFE20, 0xFE2F), (0xFF21, 0xFF9F), (0x11099, 0x110BA), (0x11127, 0x11134), (0x11347, 0x11357), (0x113C2, 0x113D2),
    (0x114B0, 0x114BF), (0x115AF, 0x115BA), (0x16D63, 0x16D6A), (0x1D15E, 0x1D172),
)  # fmt: skip


HERE = os.path.dirname(os.path.abspath(__file__))
DUMP = os.path.join(HERE, "../../../../tools/genunidata/dump.py")


def main():
    version = "%d.%d" % sys.version_info[:2]
    golden = {
        "python": sys.version.split()[0],
        "unicode": unicodedata.unidata_version,
        "start": digests(lambda c: chr(c).isidentifier()),
        "continue": digests(lambda c: ("a" + chr(c)).isidentifier()),
        "nfkc": digests(lambda c: "" if c in SURROGATES else unicodedata.normalize("NFKC", chr(c)) + "\n"),
        "cjk": digests(lambda c: lookup("CJK UNIFIED IDEOGRAPH-%04X" % c) == c, 4),
        "tangut": digests(lambda c: lookup("TANGUT IDEOGRAPH-%04X" % c) == c, 4),
        "named": digests(named),
        "texts": [[s, unicodedata.normalize("NFKC", s)] for s in texts()],
        "names": [[name, lookup(name)] for name in sorted(set(names()))],
    }
    path = os.path.join(HERE, version + ".json")
    with open(path, "w", encoding="utf-8", newline="\n") as file:
        json.dump(golden, file, indent=1)
        file.write("\n")


def digests(say, planes=17):
    """One digest a plane, for the first ones. True is said as 1 and False as 0."""
    found = []
    for plane in range(planes):
        digest = hashlib.sha256()
        for c in range(plane << 16, (plane + 1) << 16):
            said = say(c)
            digest.update(said.encode() if isinstance(said, str) else b"01"[said : said + 1])
        found.append(digest.hexdigest())
    return found


def named(c):
    """The name of a character, for those that no rule makes names for."""
    name = unicodedata.name(chr(c), "")
    if not name or name.startswith(PREFIXES) or name.startswith("HANGUL SYLLABLE "):
        return ""
    return name + "\n"


def lookup(name):
    """The code point of \\N{name} in a string literal, or -1."""
    try:
        return ord((r"\N{%s}" % name).encode().decode("unicode_escape"))
    except UnicodeDecodeError:
        return -1


def texts():
    """Texts that normalization has work with, the same ones in each version."""
    yield from ("", "name", "ﬁ", "ℌ", "ｉｆ", "ªº", "e\u0301", "\u00e9", "s\u0323\u0307", "s\u0307\u0323", "\u1e9b\u0323")
    yield from ("\u1100\u1161\u11a8", "\uac00\u11a8", "\uac01\u11a8", "\u1100\u0300\u1161", "\u1100\u1161\u11a7")
    yield from ("\u0344", "\u0958", "\ufb2c", "\u2adc", "\u0b47\u0b56", "\u0b47\u0300\u0b56", "\u0301a", "\ufdfa", "\ufdfa" * 3)
    # Marks that block, and runs that are sorted and keep their order.
    yield from ("a\u0305\u0301", "a\u0301\u0305", "a\u0323\u0305\u0301", "a\u0305\u0323\u0301", "a\u0300\u0301")
    yield from ("a" + "\u0301\u0323\u0327\u0315" * 12, "a" + "\u0301\u0300\u0305\u0323\u0324" * 12)
    # Composites that are younger than the oldest version.
    yield from ("\U00016d63\U00016d67", "\U00016d63\U00016d67\U00016d67", "\U000105d2\u0307", "\U0001611e\U0001611e\U0001611f")
    yield from ("\U00011382\U000113c9", "\U000113c2\U000113b8", "\U00016d6a\u0301")
    yield "\u0300" * 40 + "\u0316" * 40
    alphabet = [chr(c) for first, last in BUSY for c in range(first, last + 1)]
    chance = random.Random(3)
    for _ in range(400):
        few = chance.sample(alphabet, 5) + ["a", chr(chance.randint(0x300, 0x36F)), chr(chance.randint(0x300, 0x36F))]
        yield "".join(chance.choice(few) for _ in range(chance.randint(2, 12)))


def names():
    """Names and what is nearly one."""
    characters = [chr(c) for c in range(0x20000) if unicodedata.name(chr(c), "")]
    for c in characters[::331]:
        name = unicodedata.name(c)
        yield from (name, name.lower(), name.title(), name + " ", " " + name, name[:-1], name + "X", name.replace(" ", "_"))
    yield from runpy.run_path(DUMP)["aliases"]()
    for name in ("ALERT", "BELL", "NBSP", "LINE FEED", "VS17"):
        yield from (name, name.lower(), name + "S")
    # Named sequences, and names that only some versions have.
    yield from ("KEYCAP DIGIT ONE", "LATIN SMALL LETTER R WITH TILDE", "MODIFIER LETTER EXTRA-LOW EXTRA-HIGH CONTOUR TONE BAR")
    yield from ("SHAKING FACE", "EGYPTIAN HIEROGLYPH-13460", "TREASURE CHEST", "IDEOGRAPHIC DESCRIPTION CHARACTER SUBTRACTION")
    for prefix in PREFIXES + ("NUSHU CHARACTER-", "KHITAN SMALL SCRIPT CHARACTER-", "CJK COMPATIBILITY IDEOGRAPH-"):
        for digits in ("", "4E00", "4e00", "04E00", "004E00", "4E0", "9FFF", "9fff", "9FFG", "17000", "017000", "17abc", "17ABC",
                       "18D1E", "1B170", "1b170", "18B00", "F900", "f900", "+4E00", "4E00 ", "323AF", "33479", "110000", "FFFFFFFF",
                       "100004E00", "2B739", "A000", "3400", "33FF", "\u00e9"):
            yield from (prefix + digits, prefix.lower() + digits, prefix.title() + digits)
    for parts in ("", "GA", "ga", "Ga", "GAG", "GAGG", "GAGGG", "GGAE", "A", "AE", "EU", "YIH", "HIH", "HI H", "G", "GG", "GAX", "GAA", "SSANG",
                  "WEOLB", "GWALS", "GWALSS", "1"):
        yield from ("HANGUL SYLLABLE " + parts, "hangul syllable " + parts, "Hangul Syllable " + parts)
    yield from ("", " ", "-", "A", "a", "\u00e9", "LATIN SMALL LETTER \u0251", "X" * 88, "X" * 89, "X" * 5000)


if __name__ == "__main__":
    main()
