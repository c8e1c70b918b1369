"""What Python's aiohttp says to the other end, which must echo it; the same for both roles.

aiohttp sends no fragments. A topic is a coroutine of a connection; it raises if anything is not as it should be.
"""
import asyncio

from aiohttp import WSMsgType

from websockets_conversation import PATIENCE, SIZES, binary_of, text_of

OPTIONS = {"autoping": False, "max_msg_size": 0, "compress": 0}


async def send(connection, data):
    await (connection.send_str(data) if isinstance(data, str) else connection.send_bytes(data))


async def expect(connection, data, kind=None):
    got = await connection.receive(PATIENCE)
    kind = kind or (WSMsgType.TEXT if isinstance(data, str) else WSMsgType.BINARY)
    assert (got.type, got.data) == (kind, data), f"expected {kind}, {len(data)}; got {got.type}, {str(got.data)[:60]}"


async def text(connection):
    for size in SIZES:
        await send(connection, text_of(size))
        await expect(connection, text_of(size))


async def binary(connection):
    for size in SIZES:
        await send(connection, binary_of(size))
        await expect(connection, binary_of(size))


async def burst(connection):
    """Many messages on their way at once, in both directions."""
    messages = [(binary_of, text_of)[i % 2](i) for i in range(500)]

    async def send_all():
        for message in messages:
            await send(connection, message)

    sending = asyncio.create_task(send_all())
    for message in messages:
        await expect(connection, message)
    await sending


async def pings(connection):
    for size in 0, 1, 124, 125:
        await connection.ping(binary_of(size))
        await expect(connection, binary_of(size), WSMsgType.PONG)


TOPICS = {topic.__name__: topic for topic in (text, binary, burst, pings)}
