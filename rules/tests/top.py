"""A source that depends on another."""
