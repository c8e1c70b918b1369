"""Python's websockets talks to our server and says what it sees:  python3 websockets_demo.py URL"""
import asyncio
import sys

import websockets

from websockets_conversation import OPTIONS, binary_of, expect


def say(sent, seen):
    print(f"websockets sends {sent:44} {seen}", flush=True)


async def main(url):
    async with websockets.connect(url, **OPTIONS) as connection:
        greeting = "Hello from Python, χαῖρε, 🐍"
        await connection.send(greeting)
        await expect(connection, greeting)
        say(f'text "{greeting}"', f"{len(greeting.encode())} bytes come back")

        await connection.send(binary_of(65537))
        await expect(connection, binary_of(65537))
        say("binary, 65537 bytes", "every byte comes back")

        await connection.send([binary_of(300), b"", binary_of(5000)])
        await expect(connection, binary_of(300) + binary_of(5000))
        say("fragments of 300, 0 and 5000 bytes", "come back as one message")

        await asyncio.wait_for(await connection.ping(b"are you there?"), 60)
        say('ping "are you there?"', 'pong "are you there?"')

        await connection.close(4000, "see you")
        assert (connection.close_code, connection.close_reason) == (4000, "see you")
        say('close 4000 "see you"', 'close 4000 "see you"')


asyncio.run(main(sys.argv[1]))
