"""A server for our client that goes by bytes.

    python3 raw_server.py MODE    serves one client, prints "listening on 127.0.0.1:PORT" first, ends after SIGINT

The exit code is 0 if the client did what the mode expects of it.
"""
import signal
import socket
import struct
import sys

from raw import BINARY, CLOSE, PING, PONG, TEXT, Stream, accept_key, close_frame, frame

FIXED = {"upgrade": "websocket", "connection": "Upgrade", "sec-websocket-version": "13"}
SWITCH = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"


def read_request(stream):
    """Checks the request as a server must (RFC 6455, 4.2.1); returns the answer to its key."""
    start, headers = stream.read_head()
    assert start == "GET /path?query=1 HTTP/1.1", start
    assert headers["host"] == f"127.0.0.1:{stream.socket.getsockname()[1]}", headers
    assert {name: headers.get(name) for name in FIXED} == FIXED, headers
    assert len(headers["sec-websocket-key"]) == 24, headers
    return accept_key(headers["sec-websocket-key"])


def switch(stream, extra="", after=b""):
    accept = read_request(stream)
    stream.send(f"{SWITCH}Sec-WebSocket-Accept: {accept}\r\n{extra}\r\n".encode() + after)


def expect_end(stream):
    stream.expect_end()
    stream.close()


def respond(text):
    def mode(stream):
        accept = read_request(stream)
        stream.send(text.replace("ACCEPT", accept).encode())
        expect_end(stream)

    return mode


def broken(status, data):
    """The client answers with a masked close frame."""

    def mode(stream):
        switch(stream, after=data)
        stream.expect_frame(CLOSE, struct.pack(">H", status), masked=1)
        stream.close()

    return mode


def early(stream):
    """Frames that come in one piece with the response, more of them than one receive buffer holds."""
    frames = b"".join(frame(TEXT, b"early %d" % i, masked=False) for i in range(200))
    switch(stream, after=frames + frame(PING, b"ping", masked=False) + close_frame(1000, b"bye", masked=False))
    for i in range(200):
        stream.expect_frame(TEXT, b"early %d" % i, masked=1)
    stream.expect_frame(PONG, b"ping", masked=1)
    stream.expect_frame(CLOSE, struct.pack(">H", 1000) + b"bye", masked=1)
    stream.close()


def bytewise(stream):
    """A response and frames that come byte by byte."""
    accept = read_request(stream)
    response = f"\r\n{SWITCH}sec-websocket-accept:{accept}  \r\nServer: x\r\n\r\n".encode()
    for byte in response + frame(BINARY, b"\0" * 300, masked=False) + close_frame(4000, masked=False):
        stream.send(bytes([byte]))
    stream.expect_frame(BINARY, b"\0" * 300, masked=1)
    stream.expect_frame(CLOSE, struct.pack(">H", 4000), masked=1)
    stream.close()


def silent_end(stream):
    switch(stream)
    stream.close()


MODES = {
    "early": early,
    "bytewise": bytewise,
    "silent-end": silent_end,
    "status-400": respond("HTTP/1.1 400 Bad Request\r\nContent-Length: 6\r\n\r\nReason"),
    "status-426": respond("HTTP/1.1 426 Upgrade Required\r\nSec-WebSocket-Version: 8\r\nContent-Length: 0\r\n\r\n"),
    "status-200": respond("HTTP/1.1 200 OK\r\nSec-WebSocket-Accept: ACCEPT\r\nContent-Length: 0\r\n\r\n"),
    "no-http": respond("220 mail.example.com ESMTP\r\n\r\n"),
    "folded-header": respond(f"{SWITCH}Sec-WebSocket-Accept: ACCEPT\r\nServer: a\r\n b\r\n\r\n"),
    "no-accept": respond(f"{SWITCH}\r\n"),
    "wrong-accept": respond(f"{SWITCH}Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n"),
    "no-upgrade": respond("HTTP/1.1 101 Switching\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ACCEPT\r\n\r\n"),
    "no-subprotocol": respond(f"{SWITCH}Sec-WebSocket-Accept: ACCEPT\r\n\r\n"),
    "other-subprotocol": respond(f"{SWITCH}Sec-WebSocket-Accept: ACCEPT\r\nSec-WebSocket-Protocol: Chat\r\n\r\n"),
    "extension": respond(
        f"{SWITCH}Sec-WebSocket-Accept: ACCEPT\r\nSec-WebSocket-Protocol: chat\r\nSec-WebSocket-Extensions: x\r\n\r\n"
    ),
    "masked": broken(1002, frame(TEXT, b"hello", masked=True)),
    "reserved-bit": broken(1002, frame(TEXT, b"hello", rsv=4, masked=False)),
    "wrong-text": broken(1007, frame(TEXT, b"\xff", masked=False)),
}

signal.signal(signal.SIGINT, signal.SIG_IGN)  # the one client decides when it is over
listener = socket.create_server(("127.0.0.1", 0))
print(f"listening on 127.0.0.1:{listener.getsockname()[1]}", flush=True)
listener.settimeout(60)
MODES[sys.argv[1]](Stream(listener.accept()[0]))
