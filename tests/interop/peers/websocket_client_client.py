"""Python's websocket-client as the client of our server:  python3 websocket_client_client.py URL TOPIC..."""
import sys

import websocket

from websockets_conversation import PATIENCE, SIZES, binary_of, text_of

TEXT, BINARY = websocket.ABNF.OPCODE_TEXT, websocket.ABNF.OPCODE_BINARY
CONTINUATION = websocket.ABNF.OPCODE_CONT


def expect(connection, opcode, payload):
    got = connection.recv_data(control_frame=True)
    assert got == (opcode, payload), f"expected {opcode}, {len(payload)} bytes; got {got[0]}, {len(got[1])} bytes"


def echo(connection, opcode, payload):
    connection.send(payload, opcode)
    expect(connection, opcode, payload)


def text(connection):
    for size in SIZES:
        echo(connection, TEXT, text_of(size).encode())


def binary(connection):
    for size in SIZES:
        echo(connection, BINARY, binary_of(size))


def burst(connection):
    """Many messages on their way at once."""
    for i in range(200):
        connection.send_binary(binary_of(i))
    for i in range(200):
        expect(connection, BINARY, binary_of(i))


def fragments(connection):
    for step in 1, 7, 125, 126, 300:
        for opcode, whole in (TEXT, text_of(300).encode()), (BINARY, binary_of(300)):
            for at in range(0, len(whole), step):
                frame = whole[at : at + step], CONTINUATION if at else opcode, int(at + step >= len(whole))
                connection.send_frame(websocket.ABNF.create_frame(*frame))
            expect(connection, opcode, whole)


def pings(connection):
    for size in 0, 1, 124, 125:
        connection.ping(binary_of(size))
        expect(connection, websocket.ABNF.OPCODE_PONG, binary_of(size))


def main(url, *names):
    for name in names:
        connection = websocket.create_connection(url, timeout=PATIENCE, subprotocols=["other", "chat"])
        assert connection.getsubprotocol() == "chat"
        globals()[name](connection)
        connection.send_close(4000, b"done")
        expect(connection, websocket.ABNF.OPCODE_CLOSE, (4000).to_bytes(2, "big") + b"done")
        connection.shutdown()
        print(f"websocket-client as the client: {name} came back right", flush=True)


main(*sys.argv[1:])
