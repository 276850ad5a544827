"""Prints as JSON the characters that the running interpreter's repr() of a
string shows as they are, as inclusive ranges of code points.

    python3.14 -I -S dump.py
"""

import json
import sys


def ranges():
    found = []
    for code in range(sys.maxunicode + 1):
        if not chr(code).isprintable():
            continue
        if found and found[-1][1] == code - 1:
            found[-1][1] = code
        else:
            found.append([code, code])
    return found


def main():
    rows = ",\n".join("    " + json.dumps(row) for row in ranges())
    print('{\n  "version": "%d.%d",\n  "printable": [\n%s\n  ]\n}' % (*sys.version_info[:2], rows))


if __name__ == "__main__":
    main()
