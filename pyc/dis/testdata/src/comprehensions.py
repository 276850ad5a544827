def table(rows, width):
    pairs = {(r, c) for r in rows for c in range(width) if c != r}
    return [[x + width for x in row] for row in rows], {k: v for k, v in pairs}, sum(x for x in rows)


names = [n for n in dir()]
