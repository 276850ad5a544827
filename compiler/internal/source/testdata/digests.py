"""Writes digests of what interpreters decode, as JSON on stdout: by encoding, the
SHA-256 of the answers to all sequences of one byte and, where characters have
several, to all of two and samples of longer ones. python3.11 digests.py > digests-3.11.json

An answer is the text in UTF-8, or the message of the error, and a newline.
"""
import hashlib
import json
import sys


def sequences():
    for i in range(256):
        yield bytes([i])
    for i in range(65536):
        yield i.to_bytes(2, "big")
    state = 1
    for i in range(9000):
        data = bytearray()
        for limit in SHAPES[i % len(SHAPES)]:
            state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
            low, high = limit
            data.append(low + (state >> 33) % (high - low + 1))
        yield bytes(data)


ANY, HIGH, DIGIT, KANJI, LATIN = (1, 255), (0x81, 0xFE), (0x30, 0x39), (0xA1, 0xFE), (0x41, 0x5A)
SHAPES = [
    [HIGH, DIGIT, HIGH, DIGIT], [(0x8F, 0x8F), KANJI, KANJI], [(0x8E, 0x8F), ANY, ANY], [HIGH, DIGIT, ANY, ANY], [HIGH, ANY, HIGH, ANY, LATIN],
    [(0xA4, 0xA4), (0xD4, 0xD4), (0xA4, 0xA4), (0xA1, 0xBE), (0xA4, 0xA4), (0xBF, 0xD3), (0xA4, 0xA4), (0xA1, 0xD4)],
    [(0xA4, 0xA4), (0xD4, 0xD4), (0xA4, 0xA4), ANY, (0xA4, 0xA5), ANY, (0xA4, 0xA4), ANY], [HIGH, LATIN, LATIN, HIGH], [(0xE3, 0xE3), DIGIT, HIGH, DIGIT],
]


def decodes_alone(name, data):
    """Whether more bytes would not change what becomes of a byte."""
    try:
        data.decode(name)
    except UnicodeDecodeError as e:
        return e.reason not in ("incomplete multibyte sequence", "unexpected end of data")
    return True


def main():
    with open(sys.argv[1]) as f:
        names = f.read().split()
    digests = {}
    for name in names:
        try:
            b"x".decode(name)
        except LookupError as e:
            digests[name] = str(e)
            continue
        h = hashlib.sha256()
        bytewise = all(decodes_alone(name, bytes([i])) for i in range(256))
        for data in sequences():
            if bytewise and len(data) > 1:
                break
            try:
                answer = data.decode(name).encode("utf-8", "surrogatepass")
            except UnicodeDecodeError as e:
                answer = str(e).encode()
            h.update(answer + b"\n")
        digests[name] = h.hexdigest()
    json.dump(digests, sys.stdout, indent=0, sort_keys=True)
    print()


main()
