def show(name, width, value):
    return f"{name!r:>{width}} {value!s} {value=} {name!a:x} {value:.2f}" + f"{name}"
