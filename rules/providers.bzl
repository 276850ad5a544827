"""What the targets that compile Python tell others."""

PycInfo = provider(
    doc = """The compiled sources of a target and of all that it depends on.

All of them are compiled in one way: for one Python version, at one level of
optimisation, in one layout. Targets of different ways are never mixed.
""",
    fields = {
        "direct_pycs": """list of File: the pycs of the target's own sources. A source that is a
folder (a tree artifact) has a folder of pycs.""",
        "invalidation_mode": "str: unchecked_hash, checked_hash or timestamp: how Python checks a pyc against its source.",
        "layout": "str: pycache or sourceless.",
        "optimize": "int: the level of optimisation, 0, 1 or 2.",
        "python_version": "str: the version of Python, such as 3.14.",
        "runfiles": """runfiles: the pycs of the closure where Python finds them, and the data of
the targets that they come from; no sources.""",
        "transitive_entries": """depset of struct: each compiled source of the closure, with the fields
`source` (File), `source_path` (str, its path in the runfiles), `pyc` (File) and
`pyc_path` (str).""",
        "transitive_pycs": "depset of File: the pycs of the closure.",
        "transitive_sources": "depset of File: the sources that transitive_pycs are compiled from.",
    },
)
