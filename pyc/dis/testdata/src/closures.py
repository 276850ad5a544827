def outer(x):
    y = x

    def inner():
        nonlocal y
        y += x
        return y, lambda: (x, y)

    del x
    return inner
