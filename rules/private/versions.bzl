"""The Python versions that pyc compiles for.

The list equals that of the Go package pyver; a test compares them.
"""

PYTHON_VERSIONS = ["3.11", "3.12", "3.13", "3.14", "3.15"]
