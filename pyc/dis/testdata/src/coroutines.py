async def serve(queue):
    async with queue.lock as lock:
        async for item in queue:
            yield await item
    result = [x async for x in queue if await x]
    return


async def plain(x):
    return await x
