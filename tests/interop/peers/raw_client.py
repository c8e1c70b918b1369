"""A client of our server that goes by bytes.

    python3 raw_client.py URL TOPIC [SERVER]    SERVER: its process id, for the topic goodbye
"""
import contextlib
import os
import select
import signal
import socket
import struct
import sys
import time

from raw import BINARY, CLOSE, PING, PONG, TEXT, Stream, close_frame, frame

KEY = "dGhlIHNhbXBsZSBub25jZQ=="  # RFC 6455, 1.3, and what it must be answered with
ACCEPT = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
URL = sys.argv[1]
HOST, PORT = URL[len("ws://") :].split(":")


def connect():
    return contextlib.closing(Stream(socket.create_connection((HOST, int(PORT)))))


def request(line="GET /chat HTTP/1.1", end="\r\n", **changes):
    """An upgrade request; a header in changes replaces the right one, None leaves it out."""
    headers = {
        "Host": "server.example.com",
        "Upgrade": "websocket",
        "Connection": "Upgrade",
        "Sec_WebSocket_Key": KEY,
        "Origin": "http://example.com",
        "Sec_WebSocket_Version": "13",
    }
    headers.update(changes)
    lines = [f"{name.replace('_', '-')}: {value}" for name, value in headers.items() if value is not None]
    return (end.join([line] + lines) + end + end).encode()


@contextlib.contextmanager
def opened():
    with connect() as stream:
        stream.send(request())
        expect_switch(stream)
        yield stream


def expect_switch(stream):
    start, headers = stream.read_head()
    assert start.startswith("HTTP/1.1 101 "), start
    assert headers["sec-websocket-accept"] == ACCEPT, headers
    assert headers["upgrade"].lower() == "websocket" and headers["connection"].lower() == "upgrade", headers
    assert "sec-websocket-protocol" not in headers and "sec-websocket-extensions" not in headers, headers


def expect_echo(stream, payload=b"hello"):
    stream.send(frame(TEXT, payload))
    stream.expect_frame(TEXT, payload)


def handshakes():
    """The request of RFC 6455, 1.3, in every way that it may come."""
    right = request()
    forms = {
        "whole": [right],
        "byte by byte": [right[i : i + 1] for i in range(len(right))],
        "lines that end in LF": [request(end="\n")],
        "an empty line before": [b"\r\n" + right],
        "a list and other letters": [request(Connection="keep-alive, UPGRADE", Upgrade="WebSocket")],
        "white space around values": [request(Upgrade="\t websocket \t", Sec_WebSocket_Key=f"{KEY}  ")],
        "an extension offered": [request(Sec_WebSocket_Extensions="permessage-deflate; client_max_window_bits")],
        "a subprotocol offered": [request(Sec_WebSocket_Protocol="superchat, chat")],
        "60 headers": [request(**{f"X_{i}": "y" for i in range(54)})],
        "8000 bytes": [request(Cookie="c" * 7800)],
    }
    for name, pieces in forms.items():
        with connect() as stream:
            for piece in pieces:
                stream.send(piece)
            expect_switch(stream)
            expect_echo(stream)
        print(f"accepted: {name}")
    with connect() as stream:  # frames that come with the request, more of them than one receive buffer holds
        early = b"".join(frame(TEXT, b"early %d" % i) + frame(PING, b"%d" % i) for i in range(300))
        stream.send(right + early)
        expect_switch(stream)
        for i in range(300):
            stream.expect_frame(TEXT, b"early %d" % i)
            stream.expect_frame(PONG, b"%d" % i)


def example():
    """The handshake of RFC 6455, 1.3, and the masked message of 5.7, shown. Only who can reckon answers them right."""
    with connect() as stream:
        stream.send(request())
        start, headers = stream.read_head()
        print(f"> Sec-WebSocket-Key: {KEY}")
        print(f"< Sec-WebSocket-Accept: {headers['sec-websocket-accept']}")
        assert start.startswith("HTTP/1.1 101 ") and headers["sec-websocket-accept"] == ACCEPT, (start, headers)
        for what, sent, wanted in (
            ('"Hello"', "81 85 37 fa 21 3d 7f 9f 4d 51 58", "81 05 48 65 6c 6c 6f"),
            ("close 1000", "88 82 37 fa 21 3d 34 12", "88 02 03 e8"),
        ):
            stream.send(bytes.fromhex(sent))
            got = stream.read(len(bytes.fromhex(wanted))).hex(" ")
            print(f"> {sent:33}   {what}, masked\n< {got:33}   {what}")
            assert got == wanted, wanted


def refusals():
    """What is no WebSocket request gets a status and a reason, and then the end of the stream."""
    for status, name, sent in [
        (400, "no Host", request(Host=None)),
        (400, "no Upgrade", request(Upgrade=None)),
        (400, "another Upgrade", request(Upgrade="h2c")),
        (400, "no Connection", request(Connection=None)),
        (400, "another Connection", request(Connection="keep-alive")),
        (400, "no key", request(Sec_WebSocket_Key=None)),
        (400, "a short key", request(Sec_WebSocket_Key="c2hvcnQ=")),
        (400, "two keys", request(sec_websocket_key=KEY)),
        (400, "no version", request(Sec_WebSocket_Version=None)),
        (426, "version 8", request(Sec_WebSocket_Version="8")),
        (426, "version 14", request(Sec_WebSocket_Version="14")),
        (405, "POST", request("POST /chat HTTP/1.1")),
        (400, "HTTP/1.0", request("GET /chat HTTP/1.0")),
        (400, "HTTP/2", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
        (400, "no target", request("GET HTTP/1.1")),
        (400, "two targets", request("GET /a /b HTTP/1.1")),
        (400, "not HTTP", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\n"),
        (400, "a folded header", request(Origin="a\r\n b")),
        (400, "white space before a colon", request(**{"Origin ": "a"})),
        (400, "a line without a colon", request(Origin="a\r\nb")),
        (400, "NUL", request(Origin="a\0b")),
        (400, "CR alone", request(Origin="a\rb")),
        (431, "a long header", request(Cookie="c" * 9000)),
        (431, "many headers", request(**{f"X_{i}": "y" for i in range(70)})),
        (431, "a long line", b"GET /" + b"a" * 9000),
    ]:
        with connect() as stream:
            stream.send(sent)
            start, headers = stream.read_head()
            assert start.startswith(f"HTTP/1.1 {status} "), (name, start)
            assert status != 426 or headers["sec-websocket-version"] == "13", headers
            reason = stream.read(int(headers["content-length"])).decode()
            assert len(reason) > 10, reason
            stream.expect_end()
        print(f"refused: {name}: {start}: {reason}", end="")


def page():
    """What has nothing of a WebSocket in it is a plain request for the page, which says its own size."""
    get = request(Upgrade=None, Connection=None, Sec_WebSocket_Key=None, Sec_WebSocket_Version=None)
    bodies = {}
    for status, sent in [
        (200, get.replace(b"/chat", b"/")),
        (200, get.replace(b"/chat", b"/?room=1")),
        (200, get.replace(b"GET /chat", b"HEAD /")),
        (404, get),
        (404, get.replace(b"/chat", b"/favicon.ico")),
        (404, get.replace(b"/chat", b"//")),
        (404, get.replace(b"GET", b"HEAD")),
        (400, b"GET / HTTP/1.1\r\n\r\n"),
        (400, b"GET / HTTP/1.0\r\nHost: x\r\n\r\n"),
        (405, get.replace(b"GET /chat", b"POST /")),
        (405, get.replace(b"GET /chat", b"OPTIONS /")),
    ]:
        line = sent.split(b"\r\n")[0].decode()
        with connect() as stream:
            stream.send(sent)
            start, headers = stream.read_head()
            size = int(headers["content-length"])
            assert start.startswith(f"HTTP/1.1 {status} ") and headers["connection"] == "close", (line, start, headers)
            assert status != 405 or headers["allow"] == "GET, HEAD", headers
            if line.startswith("HEAD"):
                assert size == bodies[status], headers
            else:
                body = stream.read(size)
                bodies[status] = size
                html = headers["content-type"].startswith("text/html")
                assert html == (status == 200) == body.startswith(b"<!doctype html>"), (headers, body[:99])
            stream.expect_end()
        print(f"{line}: {start}, {size} bytes")


# The close status, a name, what is sent, and the fragments before the mistake, which are echoed.
BROKEN = [
    *[(1002, f"reserved bit {rsv}", frame(TEXT, b"x", rsv=rsv)) for rsv in (1, 2, 4)],
    *[(1002, f"opcode {op}", frame(op, b"x")) for op in (3, 4, 5, 6, 7, 11, 12, 13, 14, 15)],
    *[(1002, f"a fragmented control frame {op}", frame(op, b"", fin=0)) for op in (CLOSE, PING, PONG)],
    *[(1002, f"a long control frame {op}", frame(op, b"\x03\xe8" + b"x" * 124)) for op in (CLOSE, PING, PONG)],
    (1002, "5 bytes with a 16-bit length", frame(TEXT, b"hello", form=16)),
    (1002, "5 bytes with a 64-bit length", frame(TEXT, b"hello", form=64)),
    (1002, "300 bytes with a 64-bit length", frame(BINARY, b"x" * 300, form=64)),
    (1002, "a length with its top bit set", b"\x82\xff" + b"\x80" + b"\0" * 7 + b"mask"),
    (1002, "no mask", frame(TEXT, b"hello", masked=False)),
    (1002, "a continuation of nothing", frame(0, b"x")),
    (1002, "a new message inside a message", frame(TEXT, b"x", fin=0) + frame(TEXT, b"y"), b"x"),
    (1002, "another type inside a message", frame(TEXT, b"x", fin=0) + frame(BINARY, b"y"), b"x"),
    (1002, "a close of one byte", frame(CLOSE, b"x")),
    *[
        (1002, f"close {status}", close_frame(status))
        for status in (0, 1, 999, 1004, 1005, 1006, 1015, 1016, 2999)
    ],
    (1007, "a reason that is not UTF-8", close_frame(1000, b"\xff")),
    (1007, "a reason that is cut", close_frame(1000, b"\xe2\x82")),
    *[
        (1007, f"text {bad.hex()}", frame(TEXT, b"good " + bad))
        for bad in (b"\xff", b"\x80", b"\xc0\xaf", b"\xc1\xbf", b"\xe0\x9f\xbf", b"\xed\xa0\x80", b"\xf0\x8f\xbf\xbf",
                    b"\xf4\x90\x80\x80", b"\xf5\x80\x80\x80", b"\xe2\x82", b"\xe2\x28\xa1")
    ],
    (1007, "text that is wrong across fragments", frame(TEXT, b"\xe2", fin=0) + frame(0, b"\x28"), b"\xe2"),
    (1007, "text that is cut at the end of its message", frame(TEXT, b"\xe2\x82", fin=0) + frame(0, b""), b"\xe2\x82"),
    (1007, "a wrong byte of a frame that has not arrived whole", frame(TEXT, b"\xff" + b"x" * 999)[:50]),
]


def broken():
    """Broken input is answered with the right close status, after all that came before it, and nothing follows."""
    for status, name, sent, *good in BROKEN:
        with opened() as stream:
            stream.send(frame(TEXT, b"before") + frame(PING, b"alive") + sent)
            stream.expect_frame(TEXT, b"before")
            stream.expect_frame(PONG, b"alive")
            for fragment in good:
                stream.expect_frame(TEXT, fragment, fin=0)
            stream.expect_frame(CLOSE, struct.pack(">H", status))
            stream.expect_end()
        print(f"{name}: close {status}")


def closes():
    """A close is answered with its status and reason, above the RFC's ranges too, and what is behind it is thrown away."""
    for status in (1000, 1001, 1002, 1003, 1007, 1012, 1014, 3000, 4999, 5000, 32768, 65535):
        with opened() as stream:
            stream.send(close_frame(status, b"why") + frame(PING, b"late") + frame(3, b"x"))
            stream.expect_frame(CLOSE, struct.pack(">H", status) + b"why")
            stream.expect_end()
        print(f"close {status}")


def slow():
    """A peer that sends much and reads nothing, and others that stop half-way, keep nobody waiting."""
    with connect() as half, connect(), opened() as lazy, opened() as quick, opened() as stuck:
        half.send(request()[:100])
        stuck.send(frame(BINARY, b"x" * 1000)[:500])
        message = frame(BINARY, bytes(range(256)) * 256)
        lazy.socket.setblocking(False)
        sent = 0
        while select.select([], [lazy.socket], [], 0.5)[1]:  # until every buffer between us and the server is full
            sent += lazy.socket.send((message * 2)[sent % len(message) :][: len(message)])
            assert sent < 1 << 28, "the server reads without end from a peer that takes nothing back"
        started = time.monotonic()
        for i in range(300):
            expect_echo(quick, b"quick %d" % i)
        print(f"300 quick echoes in {time.monotonic() - started:.3f} s beside {sent} bytes that nobody takes back")
        stuck.send(frame(BINARY, b"x" * 1000)[500:])
        stuck.expect_frame(BINARY, b"x" * 1000)
        lazy.socket.settimeout(60)
        whole = sent // len(message)
        received = bytearray()
        while len(received) < whole * 65536:  # its echoes come in parts
            received += lazy.read_frame()[2]
        assert received[: whole * 65536] == bytes(range(256)) * 256 * whole
        print(f"{whole} messages taken back in the end")


def crowd():
    """Many connections at once, some of which are reset without a word."""
    with contextlib.ExitStack() as stack:
        streams = [stack.enter_context(opened()) for _ in range(200)]
        for i, stream in enumerate(streams):
            if i % 5 == 4:
                stream.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                stream.close()
        for turn in range(3):
            for i, stream in enumerate(streams):
                if i % 5 != 4:
                    stream.send(frame(TEXT, b"%d of %d" % (turn, i)))
            for i, stream in enumerate(streams):
                if i % 5 != 4:
                    stream.expect_frame(TEXT, b"%d of %d" % (turn, i))


def goodbye():
    """A server that stops says so to everybody, and waits for their answers."""
    with opened() as busy, opened() as idle, connect() as half:
        half.send(b"GET /")
        expect_echo(busy)
        os.kill(int(sys.argv[3]), signal.SIGINT)
        for stream in busy, idle:
            stream.expect_frame(CLOSE, struct.pack(">H", 1001))
            stream.send(close_frame(1001))
            stream.expect_end()


TOPICS = {topic.__name__: topic for topic in (example, handshakes, refusals, page, broken, closes, slow, crowd, goodbye)}
TOPICS[sys.argv[2]]()
