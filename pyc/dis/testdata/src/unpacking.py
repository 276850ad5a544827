def swap(a, b, c):
    a, b = b, a
    a, b, c = c, a, b
    first, *middle, last = a
    (x, [y, *z]), w = b
    merged = [*a, *b], {*a, 1}, {**a, "k": b}, (*c,)
    return merged, first, middle, last, x, y, z, w
