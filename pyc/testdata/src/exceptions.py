# exception tables
def handler():
    try:
        first()
    except ValueError as e:
        second(e)
    except (TypeError, KeyError):
        raise
    else:
        third()
    finally:
        last()


def groups():
    try:
        first()
    except* OSError as group:
        print(group)


def with_statement(a, b):
    with a as x, b:
        return x


for i in range(3):
    try:
        continue
    finally:
        print(i)
