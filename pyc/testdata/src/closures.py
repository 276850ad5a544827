# cells, free variables and parameters that are cells
def outer(a, b):
    c = 1

    def middle(d):
        nonlocal c
        c = d

        def inner():
            return a, c, d

        return inner

    return middle, [x + b for x in range(c)]


class Holder:
    def method(self):
        return super().method(), __class__

    value = [y for y in range(3)]
