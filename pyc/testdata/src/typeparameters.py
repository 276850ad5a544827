# syntax that not every version has
def first[T](items: list[T]) -> T:
    return items[0]


class Box[T: int, *Ts, **P]:
    pass


type Alias[K] = dict[K, int]
