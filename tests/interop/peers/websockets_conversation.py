"""What Python's websockets says to the other end, which must echo it, and how it checks what comes back.

The same for both roles. A topic is a coroutine of a connection; it raises if anything is not as it should be.
"""
import asyncio

SIZES = [0, 1, 125, 126, 127, 4095, 4096, 4097, 65535, 65536, 1048576]
PATIENCE = 60  # seconds
OPTIONS = {"compression": None, "max_size": None, "ping_interval": None}


def binary_of(size):
    """size bytes that do not repeat with a period of any buffer's size."""
    return b"".join((i * 2654435761 % 2**32).to_bytes(4, "big") for i in range(size // 4 + 1))[:size]


def text_of(size):
    """Text of exactly size bytes in UTF-8, with characters of 1, 2, 3 and 4 bytes."""
    line = "aé€😀z€€éé😀" * (size // 20 + 1)
    text = line.encode()[:size].decode(errors="ignore")
    return text + "x" * (size - len(text.encode()))


async def expect(connection, wanted):
    got = await asyncio.wait_for(connection.recv(), PATIENCE)
    if type(got) is not type(wanted) or got != wanted:
        raise AssertionError(f"expected {wanted[:40]!r} ({len(wanted)}), got {got[:40]!r} ({len(got)})")


async def text(connection):
    for size in SIZES:
        await connection.send(text_of(size))
        await expect(connection, text_of(size))


async def binary(connection):
    for size in SIZES:
        await connection.send(binary_of(size))
        await expect(connection, binary_of(size))


async def burst(connection):
    """Many messages on their way at once, in both directions."""
    messages = [(binary_of, text_of)[i % 2](i) for i in range(500)]

    async def send_all():
        for message in messages:
            await connection.send(message)

    sending = asyncio.create_task(send_all())
    for message in messages:
        await expect(connection, message)
    await sending


async def fragments(connection):
    for step in 1, 2, 3, 7, 125, 126, 299, 300:
        for whole in text_of(300), binary_of(300):
            await connection.send([whole[at : at + step] for at in range(0, len(whole), step)])
            await expect(connection, whole)
    whole = binary_of(200000)
    await connection.send([whole[at : at + 50000] for at in range(0, len(whole), 50000)])
    await expect(connection, whole)


async def pings(connection):
    async def ping(data):
        return await asyncio.wait_for(connection.ping(data), PATIENCE)

    for size in 0, 1, 124, 125:
        await asyncio.wait_for(await ping(binary_of(size)), PATIENCE)
    waiting = [await ping(bytes([i])) for i in range(20)]
    for pong in waiting:
        await asyncio.wait_for(pong, PATIENCE)
    await connection.pong(b"nobody asked")

    async def parts():
        yield "begin "
        await asyncio.wait_for(await ping(b"in between"), PATIENCE)
        yield "end"

    await connection.send(parts())
    await expect(connection, "begin end")


TOPICS = {topic.__name__: topic for topic in (text, binary, burst, fragments, pings)}
