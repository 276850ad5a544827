def tries(f):
    try:
        f()
    except ValueError as e:
        print(e)
        return 1
    except (TypeError, KeyError):
        raise
    else:
        f = 2
    finally:
        print("done")
    return f


def groups(f):
    try:
        f()
    except* OSError as e:
        f = e
    except* ValueError:
        pass


def withs(a, b):
    with a as x, b:
        for i in x:
            if i:
                return i
            with i:
                break
    try:
        return a
    finally:
        a = b


async def coroutine(a):
    async with a as b:
        async for i in b:
            yield i
    await a
    return


def generator():
    try:
        x = yield
        yield from x
    finally:
        del x
