# since 3.12
type Pair[A] = tuple[A, A]


def first[T: (int, str), *Ts, **P](values: Pair[T], *rest: *Ts) -> T:
    return values[0]


class Box[T]:
    def get(self) -> T: ...
