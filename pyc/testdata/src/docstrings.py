"""The module's docstring, which is long enough to need the long form of a string: text text text text text text text text text text text text text text text text text text text text text text text text text text text text text text text text text text text text text text text text text text text text text text text text text text text text text text text text text text text text"""


def f():
    "One line."


class C:
    """A class
    of several
    lines."""

    def method(self):
        """Accents: \xe9."""
        assert self
