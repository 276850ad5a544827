def match(x):
    match x:
        case 0 | -1 | 2.5:
            return 1
        case [1, *rest] if rest:
            return rest
        case [a, b, c]:
            return c, b, a
        case {"key": value, **others}:
            return value
        case str() | Point(x=0, y=[_, _]):
            return 2
        case None:
            pass
        case other:
            return other


def comprehensions(items):
    a = [i for i in items if i for j in i]
    b = {i: j for i, j in items}
    c = [[k for k in i] for i in items]
    return all(i for i in a), (x := sum(i for i in b)), lambda y=1: x + y
