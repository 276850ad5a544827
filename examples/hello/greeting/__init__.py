"""Greetings."""


def greet(*names: str) -> str:
    """Return a greeting for all names."""
    assert names, "greet needs a name"
    return f"Hello, {' and '.join(names)}!"
