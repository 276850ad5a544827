def call(f, *rest, **named):
    f(1, two=2, three=3)
    f.method(key=rest)
    f(*rest)
    f(*rest, 1, **named, last=2)
    print(sep="", *rest)
    return f(f(f()))
