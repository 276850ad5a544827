# generators and coroutines, each with its own flags
def generator():
    received = yield 1
    yield from range(received)


async def coroutine(x):
    async with x as y:
        await y
    async for z in x:
        print(z)
    return [i async for i in x]


async def async_generator():
    yield 1


expression = (n for n in range(3))
