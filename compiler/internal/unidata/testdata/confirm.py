"""Says what the running interpreter does, for the tests that confirm.

    python3.14 -I -S confirm.py codes    for each code point: its properties, a
                                         space, its name, a tab, its NFKC
    python3.14 -I -S confirm.py nfkc     for each text of the input its NFKC
    python3.14 -I -S confirm.py names    for each name of the input what \\N{name}
                                         stands for, in decimal, or -1

Everything ends with the byte FF, which UTF-8 does not have.
"""

import sys
import unicodedata


def codes():
    for code in range(sys.maxunicode + 1):
        c = chr(code)
        properties = c.isidentifier() | ("a" + c).isidentifier() << 1
        surrogate = 0xD800 <= code < 0xE000
        yield "%d %s\t%s" % (properties, unicodedata.name(c, ""), "" if surrogate else unicodedata.normalize("NFKC", c))


def texts():
    return [text.decode() for text in sys.stdin.buffer.read().split(b"\xff")[:-1]]


def nfkc():
    return (unicodedata.normalize("NFKC", text) for text in texts())


def names():
    for name in texts():
        try:
            yield str(ord((r"\N{%s}" % name).encode().decode("unicode_escape")))
        except UnicodeDecodeError:
            yield "-1"


for answer in {"codes": codes, "nfkc": nfkc, "names": names}[sys.argv[1]]():
    sys.stdout.buffer.write(answer.encode() + b"\xff")
