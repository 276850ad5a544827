# every kind of parameter, default and annotation
def positional(a, b, /, c, d=1, *args, e, f=2, **kwargs):
    """A docstring."""
    local = a + b
    return local


def annotated(a: int, b: "str" = "x") -> float:
    return a


def varargs(*args):
    return args


def keywords(**kwargs):
    return kwargs


anonymous = lambda x, y=2: x * y


@annotated
def decorated():
    def inner():
        return inner

    return inner
