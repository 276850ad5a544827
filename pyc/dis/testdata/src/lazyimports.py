# since 3.15
lazy import json
lazy from os import path as p
import sys

try:
    import re
except ImportError:
    pass

print(json, p, sys)
