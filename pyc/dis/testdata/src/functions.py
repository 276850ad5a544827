def plain(a, b=1, /, c=2, *args, d, e=3, **kwargs) -> int:
    """A docstring."""
    return a + b * c


square = lambda x: x ** 2
plain(1, *[2, 3], d=4, **{"e": 5})
plain(1, d=2)
