total = 0


def add(n):
    global total
    total = total + n
    if n:
        unbound = n
    del n
    return unbound, __debug__


try:
    missing
finally:
    del total
