def choose(a, b, c):
    x = a if b else c
    if a and (b or not c) and a is not None:
        x = b
    elif a is None or a == b == c:
        x = c
    if (y := x) > 1:
        return y
    assert x
    return x or None
