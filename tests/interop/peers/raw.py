"""Plain sockets and hand-made frames: for what no proper WebSocket program would send, and for exact checks."""
import base64
import hashlib
import socket
import struct

PATIENCE = 60  # seconds
MASK = b"\x37\xfa\x21\x3d"
TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10


def frame(opcode, payload=b"", fin=1, rsv=0, masked=True, form=None):
    """A frame. form: the length in so many bits (7, 16, 64) instead of the shortest form."""
    size = len(payload)
    form = form or (7 if size < 126 else 16 if size < 65536 else 64)
    length = {7: size, 16: 126, 64: 127}[form]
    extended = {7: 0, 16: 2, 64: 8}[form]
    head = bytes([fin << 7 | rsv << 4 | opcode, masked << 7 | length])
    if extended:
        head += size.to_bytes(extended, "big")
    return head + MASK + masking(payload) if masked else head + payload


def masking(payload, key=MASK):
    keys = (key * (len(payload) // 4 + 1))[: len(payload)]
    return (int.from_bytes(payload, "big") ^ int.from_bytes(keys, "big")).to_bytes(len(payload), "big")


def close_frame(status, reason=b"", **options):
    return frame(CLOSE, struct.pack(">H", status) + reason, **options)


def accept_key(key):
    return base64.b64encode(hashlib.sha1(key.encode() + b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11").digest()).decode()


class Stream:
    """A connected socket that is read in exact pieces. A read past the end raises EOFError."""

    def __init__(self, connected):
        self.socket = connected
        self.socket.settimeout(PATIENCE)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.buffer = b""

    def send(self, data):
        self.socket.sendall(data)

    def more(self):
        data = self.socket.recv(65536)
        if not data:
            raise EOFError(f"the stream ended after {self.buffer!r}")
        self.buffer += data

    def read(self, size):
        while len(self.buffer) < size:
            self.more()
        data, self.buffer = self.buffer[:size], self.buffer[size:]
        return data

    def read_head(self):
        """The start line, and the headers by their names in lower case."""
        while b"\r\n\r\n" not in self.buffer:
            self.more()
        head, self.buffer = self.buffer.split(b"\r\n\r\n", 1)
        start, *lines = head.decode().split("\r\n")
        return start, {name.lower(): value.strip() for name, value in (line.split(":", 1) for line in lines)}

    def read_frame(self):
        """The first byte, the mask bit, and the payload, unmasked."""
        first, second = self.read(2)
        size = second & 127
        if size > 125:
            size = int.from_bytes(self.read(2 if size == 126 else 8), "big")
        key = self.read(4) if second & 128 else b"\0\0\0\0"
        return first, second >> 7, masking(self.read(size), key)

    def expect_frame(self, opcode, payload, masked=0, fin=1):
        got = self.read_frame()
        wanted = (fin << 7 | opcode, masked, payload)
        assert got == wanted, f"expected {str(wanted)[:200]}, got {str(got)[:200]}"

    def expect_end(self):
        if not self.buffer:
            self.buffer = self.socket.recv(1)
        assert not self.buffer, f"expected the end of the stream, got {self.buffer!r}"

    def close(self):
        self.socket.close()
