count: int = 0
name: str


class Record:
    field: "list[int]" = []

    def set(self, value: int, *args: str) -> None:
        local: float = value
