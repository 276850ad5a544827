# the constants that marshal writes as one byte
a = None
b = True
c = False
d = ...
e = (None, True, False, ...)


def f(x=None, y=..., *, z=True):
    return Ellipsis
