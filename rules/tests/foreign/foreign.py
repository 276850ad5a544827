"""A source of another package."""
