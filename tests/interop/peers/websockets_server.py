"""Python's websockets as the server for our client.

    python3 websockets_server.py echo | drive TOPIC...    prints "listening on 127.0.0.1:PORT", runs until SIGINT

The exit code is 0 if every client that came closed its connection as it should, and at least one came.
"""
import asyncio
import contextlib
import signal
import sys

import websockets

from websockets_conversation import OPTIONS, TOPICS

finished = 0
failed = 0


async def echo(connection):
    with contextlib.suppress(websockets.ConnectionClosed):
        while True:
            await connection.send(await connection.recv())
    await connection.wait_closed()
    assert connection.close_code != 1006, "closed without a close frame"


async def drive(connection):
    for name in sys.argv[2:]:
        await TOPICS[name](connection)
        print(f"Python's websockets as the server: {name} came back right", flush=True)
    await connection.close(3001, "done")
    assert (connection.close_code, connection.close_reason) == (3001, "done")


async def serve(connection):
    global finished, failed
    try:
        await {"echo": echo, "drive": drive}[sys.argv[1]](connection)
        finished += 1
    except BaseException:
        failed += 1
        raise


def select_subprotocol(first, second):
    """Called with the client's names and ours, or, by newer ones, with the connection and the client's names."""
    offered = first if isinstance(first, list) else second
    return "chat" if "chat" in offered else None


async def main():
    stopped = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGINT, stopped.set)
    async with websockets.serve(serve, "127.0.0.1", 0, subprotocols=["chat"], select_subprotocol=select_subprotocol,
                                **OPTIONS) as server:
        print(f"listening on 127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
        await stopped.wait()


asyncio.run(main())
sys.exit(0 if finished > 0 and failed == 0 else 1)
