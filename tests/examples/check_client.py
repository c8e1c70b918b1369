"""The small client against servers that do what they may, or what they do.

check_client.py CLIENT     a command, as one argument
"""
import base64
import hashlib
import shlex
import socket
import subprocess
import sys
import threading

client_command = shlex.split(sys.argv[1])

TEXT, BINARY, CLOSE, PING, PONG = b"\x81", b"\x82", b"\x88", b"\x89", b"\x8a"
TEXT_BEGINS, BINARY_BEGINS, CONTINUES, ENDS = b"\x01", b"\x02", b"\x00", b"\x80"


def frame(first, payload=b""):
    return first + bytes([len(payload)]) + payload


class Server:
    """One connection of the client, after its handshake. It says what it is told, and reads what must come."""

    def __init__(self, peer):
        self.peer = peer
        self.reader = peer.makefile("rb")
        key = b""
        while (line := self.reader.readline()) != b"\r\n":
            name, _, value = line.partition(b":")
            if name.lower() == b"sec-websocket-key":
                key = value.strip()
        accept = base64.b64encode(hashlib.sha1(key + b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11").digest())
        self.head = (b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                     b"Sec-WebSocket-Accept: " + accept + b"\r\n\r\n")

    def say(self, *frames):
        self.peer.sendall(self.head + b"".join(frames))
        self.head = b""

    def read(self, first, payload):
        """The next frame is this one, masked."""
        head = self.reader.read(6)
        size, key = head[1] & 127, head[2:]
        seen = bytes(byte ^ key[i % 4] for i, byte in enumerate(self.reader.read(size)))
        if (head[:1], seen) != (first, payload):
            raise ValueError(f"the client sent {head[:1]!r} {seen!r}, not {first!r} {payload!r}")


OK = b"\x03\xe8"


def close(server, *before):
    server.read(CLOSE, OK)
    server.say(*before, frame(CLOSE, OK))


def in_one_segment(server):
    server.say(frame(TEXT, b"Hello"))
    server.read(TEXT, b"Hello")
    close(server)


def after(*frames):
    """The answer comes in, or behind, these frames."""
    def conversation(server):
        server.say()
        server.read(TEXT, b"Hello")
        server.say(*frames)
        close(server)
    return conversation


def ping_first(server):
    server.say(frame(PING, b"p"))
    server.read(TEXT, b"Hello")
    server.read(PONG, b"p")
    server.say(frame(TEXT, b"Hello"))
    close(server)


def while_closing(*frames):
    def conversation(server):
        server.say()
        server.read(TEXT, b"Hello")
        server.say(frame(TEXT, b"Hello"))
        close(server, *frames)
    return conversation


def no_body(server):
    server.say(frame(TEXT, b"Hello"))
    server.read(TEXT, b"Hello")
    server.read(CLOSE, OK)
    server.say(frame(CLOSE))


def vanishes_closing(server):
    server.say(frame(TEXT, b"Hello"))
    server.read(TEXT, b"Hello")
    server.read(CLOSE, OK)


def vanishes_at_once(server):
    server.say()


def closes_first(payload):
    def conversation(server):
        server.say(frame(CLOSE, payload))
        server.read(TEXT, b"Hello")
        server.read(CLOSE, payload)
    return conversation


def breaks_the_protocol(server):
    server.say(b"\xf1\x00")
    server.read(TEXT, b"Hello")
    server.read(CLOSE, b"\x03\xea")


HELLO, CLOSED = "received: Hello", "closed: 1000"
PARTS = ["received: Hel", "received: lo", CLOSED]
CASES = [
    ("an answer in the same segment as the 101", in_one_segment, 0, [HELLO, CLOSED]),
    ("a pong before the answer", after(frame(PONG), frame(TEXT, b"Hello")), 0, [HELLO, CLOSED]),
    ("pongs with payloads before the answer", after(frame(PONG, b"x"), frame(PONG, b"y"), frame(TEXT, b"Hello")), 0, [HELLO, CLOSED]),
    ("a ping before the answer", ping_first, 0, [HELLO, CLOSED]),
    ("binary", after(frame(BINARY, b"Hello")), 0, [HELLO, CLOSED]),
    ("text in fragments", after(frame(TEXT_BEGINS, b"Hel"), frame(ENDS, b"lo")), 0, PARTS),
    ("binary in fragments", after(frame(BINARY_BEGINS, b"Hel"), frame(ENDS, b"lo")), 0, PARTS),
    ("pongs between fragments", after(frame(BINARY_BEGINS, b"Hel"), frame(PONG), frame(CONTINUES), frame(PONG, b"z"), frame(ENDS, b"lo")),
     0, ["received: Hel", "received: ", "received: lo", CLOSED]),
    ("a push while closing", while_closing(frame(TEXT, b"tick")), 0, [HELLO, CLOSED]),
    ("a push in fragments while closing", while_closing(frame(BINARY_BEGINS, b"ti"), frame(PING), frame(ENDS, b"ck")), 0, [HELLO, CLOSED]),
    ("a pong while closing", while_closing(frame(PONG, b"z")), 0, [HELLO, CLOSED]),
    ("a ping while closing", while_closing(frame(PING, b"z")), 0, [HELLO, CLOSED]),
    ("a close without a body", no_body, 0, [HELLO, "closed: 1005"]),
    ("a server that vanishes instead of closing", vanishes_closing, 0, [HELLO, "closed: 1006"]),
    ("a server that vanishes at once", vanishes_at_once, 1, ["closed: 1006"]),
    ("a server that closes first", closes_first(b"\x03\xe9bye"), 1, ["closed: 1001"]),
    ("a server that closes first, without a body", closes_first(b""), 1, ["closed: 1005"]),
    ("a server that breaks the protocol", breaks_the_protocol, 1, ["closed: 1002"]),
]

failures = 0
for name, conversation, wanted_code, wanted in CASES:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        errors = []

        def serve():
            peer, _ = listener.accept()
            with peer:
                peer.settimeout(60)
                try:
                    conversation(Server(peer))
                except (OSError, ValueError, IndexError) as error:
                    errors.append(repr(error))

        thread = threading.Thread(target=serve)
        thread.start()
        done = subprocess.run([*client_command, "127.0.0.1", str(listener.getsockname()[1]), "Hello"],
                              stdout=subprocess.PIPE, timeout=60)
        thread.join()
    lines = done.stdout.decode("utf-8", "replace").replace("\r", "").splitlines()
    good = not errors and (done.returncode, lines) == (wanted_code, wanted)
    failures += not good
    print(f"{'right' if good else 'WRONG'}: {name}: {done.returncode} {lines} {errors or ''}")
sys.exit(failures > 0)
