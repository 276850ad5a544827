def walk(tree):
    if tree is None:
        return
    yield from walk(tree.left)
    got = yield tree.value
    while got is not None and got not in tree:
        got = (yield got) or 1
