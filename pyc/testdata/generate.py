"""Writes the goldens of package pyc: what a real CPython says.

Run it with every supported version, from any folder:

    for v in 3.11 3.12 3.13 3.14 3.15; do
        python$v -I -S -B pyc/testdata/generate.py
    done

It writes testdata/<version>/: sourcehash.json and headers.json. An interpreter
of another version needs no change here.
"""

import importlib.util
import importlib._bootstrap_external as bootstrap
import json
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
OUT = os.path.join(HERE, "%d.%d" % sys.version_info[:2])


def write_json(name, value):
    with open(os.path.join(OUT, name), "w", encoding="ascii", newline="\n") as f:
        json.dump(value, f, indent=0, sort_keys=True)
        f.write("\n")


def content(length):
    """Bytes without a short period, which header_test.go makes as well."""
    return bytes((i * 7 + i // 256) % 256 for i in range(length))


def source_hashes():
    lengths = [*range(65), 255, 256, 257, 1000, 4096, 65537, 300001]
    return [
        {"length": n, "hash": importlib.util.source_hash(content(n)).hex()}
        for n in lengths
    ]


def headers():
    code = compile("", "x.py", "exec")
    found = []
    for length in 0, 3, 100:
        digest = importlib.util.source_hash(content(length))
        for checked in False, True:
            data = bootstrap._code_to_hash_pyc(code, digest, checked)
            found.append(
                {
                    "mode": "checked-hash" if checked else "unchecked-hash",
                    "length": length,
                    "header": data[:16].hex(),
                }
            )
    for mtime in 0, 1, 1700000000, 2**31, 2**32 - 1, 2**32, 2**40 + 5, -1, -(2**33):
        for size in 0, 12345, 2**32 - 1, 2**32 + 7:
            data = bootstrap._code_to_timestamp_pyc(code, mtime, size)
            found.append(
                {
                    "mode": "timestamp",
                    "mtime": mtime,
                    "size": size,
                    "header": data[:16].hex(),
                }
            )
    return found


def main():
    os.makedirs(OUT, exist_ok=True)
    write_json("sourcehash.json", source_hashes())
    write_json("headers.json", headers())


main()
