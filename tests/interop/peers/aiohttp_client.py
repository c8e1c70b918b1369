"""Python's aiohttp as the client of our server:  python3 aiohttp_client.py URL TOPIC..."""
import asyncio
import sys

import aiohttp

from aiohttp_conversation import OPTIONS, TOPICS


async def main(url, *names):
    async with aiohttp.ClientSession() as session:
        for name in names:
            async with session.ws_connect(url, protocols=["other", "chat"], **OPTIONS) as connection:
                assert connection.protocol == "chat"
                await TOPICS[name](connection)
                await connection.close(code=4000, message=b"done")
                assert connection.close_code == 4000, connection.close_code
                print(f"aiohttp as the client: {name} came back right", flush=True)


asyncio.run(main(*sys.argv[1:]))
