"""Writes operations on random constants with the interpreter's results, as the
compiler folds them:

    python3.14 -I -S pairs.py SEED COUNT [undefined]

With "undefined" all operations are on floats and complex numbers with NaNs.
Each line has an operator's number, the marshalled tuple of its operands in
hexadecimal, and the marshalled result, or - if the compiler does not fold it.
Numbers from 100 on are unary operators.
"""

import marshal
import math
import random
import struct
import sys

EDGES = [0, 1, 2, 3, 7, 10, 15, 16, 63, 64, 127, 128, 255, 256, 257, 1000, 4096, 2**31 - 1, 2**31, 2**53, 2**53 + 1,
         2**62, 2**63 - 1, 2**63, 2**64, 2**127, 2**128, 10**20, 10**40, 10**309]
FLOATS = [0.0, 0.5, 1.0, 1.5, 2.0, 3.0, 10.0, 0.1, 1e-5, 1e10, 1e100, 1e308, 5e-324, 2.2250738585072014e-308,
          math.inf, math.nan, -math.nan, math.pi, 2.0**53, 1 / 3, 100.0, 101.0]
BINARY = {"add": 0, "and": 1, "floordiv": 2, "lshift": 3, "mul": 5, "mod": 6, "or": 7, "pow": 8, "rshift": 9,
          "sub": 10, "truediv": 11, "xor": 12, "getitem": 26}
UNARY = {"neg": 100, "invert": 101, "not": 102, "pos": 103}
SYMBOLS = {0: "+", 1: "&", 2: "//", 3: "<<", 5: "*", 6: "%", 7: "|", 8: "**", 9: ">>", 10: "-", 11: "/", 12: "^"}
PREFIXES = {100: "-", 101: "~", 102: "not ", 103: "+"}


def some_int(rng):
    n = rng.choice([rng.choice(EDGES), rng.randrange(20), rng.getrandbits(rng.randrange(1, 130))])
    return n if rng.random() < 0.6 else -n


def some_float(rng):
    kind = rng.randrange(4)
    if kind == 0:
        f = rng.choice(FLOATS)
    elif kind == 1:
        f = rng.uniform(0, 10)
    elif kind == 2:
        f = float(rng.randrange(-100, 1000))
    else:
        f = struct.unpack("d", rng.randbytes(8))[0]
    return f if rng.random() < 0.6 else -f


def some_power(rng):
    """Returns the operands of a power whose result is mostly in range."""
    part = lambda: rng.choice([rng.choice(FLOATS), rng.uniform(-3, 3), rng.uniform(-50, 50), rng.uniform(-0.2, 0.2), float(rng.randrange(-9, 9)),
                               rng.uniform(-1, 1) * 10.0 ** rng.randrange(-30, 30)])
    number = lambda: rng.choice([part, lambda: complex(part(), part()), lambda: complex(part(), part())])()
    return number(), number()


def some_undefined(rng):
    """Returns an operator and operands with NaNs of both signs, of which the order of operands decides."""
    part = lambda: rng.choice([math.nan, -math.nan, math.nan, -math.nan, math.inf, -math.inf, 0.0, -0.0, some_float(rng)])
    number = lambda: complex(part(), part())
    whole = lambda: rng.randrange(-110, 111)
    op = rng.choice([0, 5, 8, 8, 10, 11])
    if op == 8:
        return op, (number(), rng.choice([whole, whole, part, number])())
    return op, rng.choice([lambda: (number(), number()), lambda: (number(), part()), lambda: (part(), number()), lambda: (part(), part())])()


def some_text(rng):
    return "".join(rng.choice(["a", "b", "0", " ", "\xe9", "\u0151", "\U0001f600", "\ud800"]) for _ in range(rng.randrange(6)))


def some_constant(rng, depth=0):
    kind = rng.randrange(14)
    if kind < 4:
        return some_int(rng)
    if kind < 7:
        return some_float(rng)
    if kind < 8:
        return rng.choice([True, False, None, ...])
    if kind < 10:
        return complex(some_float(rng), some_float(rng))
    if kind < 11:
        return some_text(rng)
    if kind < 12:
        return rng.randbytes(rng.randrange(6))
    if kind < 13 and depth < 2:
        return tuple(some_constant(rng, depth + 1) for _ in range(rng.randrange(5)))
    return "x" * rng.randrange(300)


def some_index(rng):
    if rng.random() < 0.4:
        return some_int(rng) if rng.random() < 0.2 else rng.randrange(-7, 7)
    part = lambda: rng.choice([None, rng.randrange(-8, 8), rng.randrange(-8, 8), some_int(rng), True])
    return slice(part(), part(), part())


def size(value):
    return len(value) + sum(map(size, value)) if isinstance(value, tuple) else 0


def too_large(op, a, b):
    """CPython's limits: flowgraph.c, const_folding_safe_multiply and others."""
    if op == 5:
        if isinstance(a, int) and isinstance(b, int):
            return a and b and a.bit_length() + b.bit_length() > 128
        for n, seq in ((a, b), (b, a)):
            if isinstance(n, int) and isinstance(seq, (tuple, str, bytes)) and seq:
                limit = 256 if isinstance(seq, tuple) else 4096
                if n < 0 or n > limit // len(seq):
                    return True
                return isinstance(seq, tuple) and n and size(seq) > 1024 // n
    if op == 8 and isinstance(a, int) and isinstance(b, int) and a and b > 0:
        return b >= 2**63 or a.bit_length() > 128 // b
    if op == 3 and isinstance(a, int) and isinstance(b, int) and a and b:
        return b < 0 or b > 128 or a.bit_length() > 128 - b
    return op == 6 and isinstance(a, (str, bytes))


def evaluate(op, a, b=None):
    if op < 100 and too_large(op, a, b) or op == 101 and isinstance(a, bool):
        return None
    try:
        if op >= 100:
            value = {100: lambda: -a, 101: lambda: ~a, 102: lambda: not a, 103: lambda: +a}[op]()
        elif op == 26:
            value = a[b]
        else:
            value = eval("a %s b" % SYMBOLS[op], {"a": a, "b": b})
    except (ArithmeticError, TypeError, ValueError, IndexError, MemoryError):
        return None
    return (value,)


def main():
    rng, count = random.Random(int(sys.argv[1])), int(sys.argv[2])
    undefined = sys.argv[3:] == ["undefined"]
    for _ in range(count):
        if undefined:
            op, operands = some_undefined(rng)
        elif rng.random() < 0.1:
            op = rng.choice(list(UNARY.values()))
            operands = (some_constant(rng),)
        else:
            op = rng.choice(list(BINARY.values()))
            operands = (some_constant(rng), some_index(rng) if op == 26 else some_constant(rng))
            if rng.random() < 0.15:
                op, operands = 8, some_power(rng)
            if op in (3, 9) and rng.random() < 0.8:
                operands = (some_int(rng), rng.randrange(-2, 140))
        result = evaluate(op, *operands)
        print(op, marshal.dumps(operands).hex(), "-" if result is None else marshal.dumps(result[0]).hex())


if __name__ == "__main__":
    main()
