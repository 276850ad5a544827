def arithmetic(a, b):
    a += b; a -= b; a *= b; a /= b; a //= b; a %= b; a **= b
    a @= b; a &= b; a |= b; a ^= b; a <<= b; a >>= b
    c = -a, +a, ~a, not a
    return a < b <= 1 == c != b > a >= b, a is b, a is not b, a in b, a not in b, a @ b, a or b and c


def subscripts(a, b):
    a[0], a[b:1], a[1:2:3] = a[b:], a[::2], a[..., None]
    del a[b], b.c
    return a[b]
