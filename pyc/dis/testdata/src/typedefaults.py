# since 3.13
type Named[T = int, **P = [str]] = dict[T, P]


class Holder[T = str, *Ts = *tuple[int]]:
    pass
