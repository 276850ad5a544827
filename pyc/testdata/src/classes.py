# classes, nested and with equal names
class Base:
    """The docstring."""

    attribute: int = 1

    class Inner:
        def method(self):
            self.assigned = 1
            return self.attribute

    def method(self):
        return Base.Inner


class Derived(Base, metaclass=type):
    __slots__ = ("a", "b")
