import sys
x: int = 3


def conditions(a, b, c=2):
    if a and not b:
        return 1
    while a or (b and c):
        a -= 1
        if a == 3: continue
        if a is None or b is not None:
            break
    else:
        b = a if c else None
    assert a, "message"
    return a < b <= c


def loops(items):
    for i in [1, 2, 3]:
        for j in (i, items):
            if j in {1, 2, 3}:
                continue
            if not j:
                break
        else:
            return
    while True:
        pass


class Class(object):
    y: str = "text"

    def method(self, *args, key=1, **kwargs):
        def inner():
            return self, args, key
        return super().method(inner)


def unpacking():
    a, b = 1, 2
    a, b = b, a
    a, b, c = c, b, a
    [a, *b] = c
    a = b = c
    del a
    return a
