values = (
    0, 255, 256, 1000, -7, 2**63, 10**40, 0x7FFF_FFFF, 1.0, 1e16, 1e-5, -0.5, 1e308 * 10, 1j, 2.5 - 3j,
    "it's", 'say "x"', "both ' and \"", "caf\xe9 \u20ac \U0001f600", "\0\t\n\r\\\x7f\x80\xad\u2028\ud800",
    b"bytes \x00\xff'", (), (1,), ((2, "three"), 4), None, True, False, ...,
)
print(x in {1, 2, 3} for x in values)
kinds = values.__class__, b"", ""
