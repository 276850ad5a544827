def copy(a, b):
    with open(a) as source, open(b, "w") as target:
        for line in source:
            if not line:
                continue
            target.write(line)
            if line == "end":
                break
        else:
            return None
    assert target.closed, "still open"
