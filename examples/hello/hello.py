"""Says hello; the smallest program that the README compiles."""

import sys

from greeting import greet

if __name__ == "__main__":
    print(greet(*sys.argv[1:] or ["world"]))
