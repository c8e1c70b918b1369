"""Python's websockets as the client of our server.

    python3 websockets_client.py URL TOPIC...    the topics of websockets_conversation.py, and those below
"""
import asyncio
import sys

import websockets

from websockets_conversation import OPTIONS, TOPICS


async def closes(url):
    """The server answers with the status and the reason that it got."""
    for code in 1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999:
        for reason in "", "bye", "Grüße und auf Wiedersehen 😀", "r" * 123:
            connection = await websockets.connect(url, **OPTIONS)
            await connection.close(code, reason)
            answer = (connection.close_code, connection.close_reason)
            assert answer == (code, reason), (code, reason, answer)


async def subprotocols(url):
    """With --subprotocol chat."""
    for offered, selected in (["chat"], "chat"), (["other", "chat", "third"], "chat"), (None, None), (["Chat"], None):
        async with websockets.connect(url, subprotocols=offered, **OPTIONS) as connection:
            assert connection.subprotocol == selected, (offered, connection.subprotocol)


async def main(url, *names):
    for name in names:
        if name in TOPICS:
            async with websockets.connect(url, **OPTIONS) as connection:
                await TOPICS[name](connection)
                await connection.close(1000, "done")
                assert (connection.close_code, connection.close_reason) == (1000, "done")
        else:
            await {"closes": closes, "subprotocols": subprotocols}[name](url)
        print(f"Python's websockets as the client: {name} came back right", flush=True)


asyncio.run(main(*sys.argv[1:]))
