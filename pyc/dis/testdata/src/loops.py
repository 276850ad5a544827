def search(grid, wanted):
    for i, row in enumerate(grid):
        for j, cell in enumerate(row):
            if cell == wanted:
                return i, j
            if not cell:
                break
        else:
            continue
        while i > 0:
            i -= 1
            if i == wanted:
                raise IndexError
    return None
