"""A source that several targets share."""
