class Point:
    __match_args__ = ("x", "y")


def describe(value):
    match value:
        case 0 | -1 | 2.5:
            return "number"
        case "a" | None:
            return "text"
        case [first, *rest, last] if rest:
            return first, last
        case {"key": key, **others}:
            return key, others
        case Point(0, y=y) as point:
            return point, y
        case _:
            return value
