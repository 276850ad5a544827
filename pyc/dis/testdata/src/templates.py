# since 3.14
def greet(name, width):
    return t"hello {name!r:>{width}} and {name}{width:x}"


def close():
    try:
        return {1, 2}
    except ValueError, TypeError:
        return all(x for x in [1]), any(x for x in [1]), tuple(x for x in [1])
