"""Writes the repr() of scalars as the running interpreter gives it, as JSON.

    python3.14 -I -S testdata/generate.py > testdata/3.14.json
    python3.14 -I -S testdata/generate.py 20000 > more   # as many random ones again

Values are encoded: floats and complex as the hexadecimal of their IEEE 754
bytes, strings as that of their UTF-8 with surrogates passed, ints in decimal.
"""

import json
import random
import struct
import sys

FLOATS = [
    0.0, -0.0, 1.0, -1.5, 0.1, 1e15, 1e16, 1e17, 123456789012345678.0, 1e22, 1e23,
    9007199254740993.0, 1e-4, 1e-5, 0.00012345, 1.7976931348623157e308, 5e-324,
    2.2250738585072014e-308, float("inf"), float("-inf"), float("nan"), 1 / 3, 2.0**53,
    1e100, 12345.678, 999999999999999.9, 9999999999999998.0,
]
TEXTS = [
    "", "a", "it's", 'say "x"', "both ' and \"", "tab\tline\nret\rback\\", "\0\x01\x1f\x7f",
    "\x80\x9f\xa0\xa1\xad\xff", "\u0100\u0378\u2028\u3000\ufeff\uffff", "\ud800", "a\udfffb",
    "\U0001f600\U0010ffff\U000e0001\U0001fae9\U0001fadc", "\u1c89\u0897\u2ffc\u31ef",
    "ma\xf1ana", "\ud83d\ude00",
]
BYTES = [b"", b"abc", b"it's", b'"', b"'\"", bytes(range(256))]
INTS = [0, 1, -1, 2**31, -(2**63), 2**64, 10**100, -(10**4299)]


def more(count):
    choose = random.Random(1)
    for _ in range(count):
        yield "float", struct.unpack("<d", choose.randbytes(8))[0]
        yield "float", choose.choice([1, -1]) * round(choose.random() * 10 ** choose.randrange(-8, 20), choose.randrange(10))
        yield "complex", complex(choose.choice(FLOATS), choose.choice(FLOATS))
        yield "str", "".join(chr(choose.randrange(choose.choice([0x80, 0x3000, 0x110000]))) for _ in range(8))


def values(count):
    for f in FLOATS:
        yield "float", f
        for g in (0.0, -0.0, 1.0, f, -f):
            yield "complex", complex(g, f)
            yield "complex", complex(f, g)
    for kind, some in (("str", TEXTS), ("bytes", BYTES), ("int", INTS)):
        for value in some:
            yield kind, value
    yield from more(count)


def encode(kind, value):
    if kind == "float":
        return struct.pack(">d", value).hex()
    if kind == "complex":
        return struct.pack(">dd", value.real, value.imag).hex()
    if kind == "str":
        return value.encode("utf-8", "surrogatepass").hex()
    if kind == "bytes":
        return value.hex()
    return str(value)


def shown(value):
    return repr(value).encode("utf-8", "surrogatepass").decode()


def main():
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 0
    rows = [[kind, encode(kind, value), shown(value)] for kind, value in values(count)]
    rows = [row for i, row in enumerate(rows) if row not in rows[:i]] if not count else rows
    print("[\n" + ",\n".join(json.dumps(row) for row in rows) + "\n]")


if __name__ == "__main__":
    main()
