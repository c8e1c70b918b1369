"""Python's aiohttp as the server for our client.

    python3 aiohttp_server.py echo | drive TOPIC...    prints "listening on 127.0.0.1:PORT", runs until SIGINT

The exit code is 0 if every client that came closed its connection as it should, and at least one came.
"""
import asyncio
import signal
import sys

from aiohttp import WSMsgType, web

from aiohttp_conversation import OPTIONS, TOPICS, send

finished = 0
failed = 0


async def echo(connection):
    async for message in connection:
        if message.type == WSMsgType.PING:
            await connection.pong(message.data)
        else:
            await send(connection, message.data)
    assert connection.close_code != 1006, "closed without a close frame"


async def drive(connection):
    for name in sys.argv[2:]:
        await TOPICS[name](connection)
        print(f"aiohttp as the server: {name} came back right", flush=True)
    await connection.close(code=3001, message=b"done")
    assert connection.close_code == 3001, connection.close_code


async def serve(request):
    global finished, failed
    connection = web.WebSocketResponse(protocols=["chat"], **OPTIONS)
    await connection.prepare(request)
    try:
        await {"echo": echo, "drive": drive}[sys.argv[1]](connection)
        finished += 1
    except BaseException:
        failed += 1
        raise
    return connection


async def main():
    stopped = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGINT, stopped.set)
    application = web.Application()
    application.router.add_get("/{path:.*}", serve)
    runner = web.AppRunner(application)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, shutdown_timeout=5)
    await site.start()
    print(f"listening on 127.0.0.1:{runner.addresses[0][1]}", flush=True)
    await stopped.wait()
    await runner.cleanup()


asyncio.run(main())
sys.exit(0 if finished > 0 and failed == 0 else 1)
