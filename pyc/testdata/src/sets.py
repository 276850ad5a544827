# frozensets, which the compiler makes for membership tests
x = 0
x in {1, 2, 3}
x in {"a a", "b b", "name", "a a"}
x in {1, 1.5, 2j, "s", b"b", None, True, ..., (1, 2)}
x in {(), ("t",), (1, "t")}
x not in {100000, 2**40, -1}
for item in {"only one"}:
    pass


def uses_again(y):
    return y in {"a a", "b b", "name"}
