"""The small client and the small server: with each other, and with peers that do wrong.

check.py SERVER CLIENT     each a command, as one argument
"""
import shlex
import socket
import subprocess
import sys

server_command, client_command = (shlex.split(argument) for argument in sys.argv[1:3])


def expect(what, seen, wanted):
    print(f"{what}: {seen!r}")
    if seen != wanted:
        sys.exit(f"wanted {wanted!r}")


def client(port, message):
    done = subprocess.run([*client_command, "127.0.0.1", str(port), message], stdout=subprocess.PIPE, timeout=60)
    return done.returncode, done.stdout.decode().replace("\r", "").splitlines()


def raw(port, sent):
    """What the server answers to these bytes, until it has no more to say."""
    with socket.create_connection(("127.0.0.1", port), timeout=60) as peer:
        peer.sendall(sent)
        answer = b""
        while piece := peer.recv(4096):
            answer += piece
    return answer


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


def start_server():
    started = subprocess.Popen([*server_command, str(port)], stdout=subprocess.PIPE)
    expect("server", started.stdout.readline().decode().strip(), f"listening on 127.0.0.1:{port}")
    return started


def refused(what, head, status):
    """A request that gets this status and an explanation, whatever is behind it: no frame is read, none comes back."""
    answer = raw(port, head + b"\x89\x80\0\0\0\0\x88\x80\0\0\0\0")
    expect(what, answer.partition(b"\r\n")[0].decode(), f"HTTP/1.1 {status}")
    expect("it says which version, and ends there", (b"\r\nSec-WebSocket-Version: 13\r\n" in answer, answer[-4:]), (True, b"\r\n\r\n"))


port = free_port()
server = start_server()
try:
    expect("a word", client(port, "Hello"), (0, ["received: Hello", "closed: 1000"]))
    expect("an empty message", client(port, ""), (0, ["received: ", "closed: 1000"]))
    large = "x" * 10000
    code, lines = client(port, large)
    expect("10000 characters, closed", (code, lines[-1]), (0, "closed: 1000"))
    expect("10000 characters, received", "".join(line[10:] for line in lines[:-1]) == large, True)

    expect("no WebSocket", raw(port, b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")[:24], b"HTTP/1.1 400 Bad Request")
    request = (b"GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
               b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")
    head, _, frames = raw(port, request + b"\x81\x02Hi").partition(b"\r\n\r\n")
    expect("accept", b"s3pPLMBiTxaQ9kYGzzhZRbK+xOo=" in head, True)
    expect("a frame that is not masked", frames, b"\x88\x02\x03\xea")
    expect("text that is not UTF-8", raw(port, request + b"\x81\x81\0\0\0\0\xff").partition(b"\r\n\r\n")[2], b"\x88\x02\x03\xef")
    expect("a ping", raw(port, request + b"\x89\x82\0\0\0\0Hi\x88\x80\0\0\0\0").partition(b"\r\n\r\n")[2], b"\x8a\x02Hi\x88\x00")
    start, end = request[:-2], request[-2:]
    refused("a head that is too long", start + b"X: " + b"x" * 8192 + b"\r\n" + end, "431 Request Header Fields Too Large")
    refused("too many headers", start + b"X: y\r\n" * 65 + end, "431 Request Header Fields Too Large")
    refused("another method", request.replace(b"GET", b"POST"), "405 Method Not Allowed")
    refused("an older HTTP", request.replace(b"HTTP/1.1", b"HTTP/1.0"), "505 HTTP Version Not Supported")
    refused("no HTTP", request.replace(b"HTTP/1.1", b"XTTP/1.1"), "400 Bad Request")
    refused("no first line", request[request.index(b"\r\n"):], "400 Bad Request")
    refused("a line that is no header", start + b"x\r\n" + end, "400 Bad Request")
    refused("a header in two lines", start + b"X: y\r\n z: 1\r\n" + end, "400 Bad Request")
    refused("a body", start + b"content-length: 6\r\n" + end, "400 Bad Request")
    refused("a body in chunks", start + b"Transfer-encoding: chunked\r\n" + end, "400 Bad Request")
    refused("another version of WebSocket", request.replace(b"Version: 13", b"Version: 12"), "426 Upgrade Required")
    expect("a body of nothing", raw(port, start + b"Content-Length: 0\r\n" + end + b"\x88\x80\0\0\0\0")[:12], b"HTTP/1.1 101")
    socket.create_connection(("127.0.0.1", port)).close()  # gone at once
    second = subprocess.run([*server_command, str(port)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60)
    expect("a second server there", (second.returncode, f"cannot listen on 127.0.0.1:{port}" in second.stderr.decode()), (1, True))
    server.kill()  # the connections that it closed linger
    server.wait()
    server = start_server()
    expect("after all that", client(port, "still there?"), (0, ["received: still there?", "closed: 1000"]))
finally:
    server.kill()
    server.wait()

with socket.create_server(("127.0.0.1", 0)) as listener:
    asked = subprocess.Popen([*client_command, "127.0.0.1", str(listener.getsockname()[1]), "x"], stdout=subprocess.PIPE)
    peer, _ = listener.accept()
    peer.recv(4096)
    peer.sendall(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
    said = asked.communicate(timeout=60)[0].decode().strip()
    peer.close()
expect("a server without WebSocket", (asked.returncode, said), (1, "refused: HTTP/1.1 404 Not Found (0x83760002)"))
