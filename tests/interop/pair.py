"""Starts a server, lets a client talk to it, stops the server, and looks at how both ended.

    python3 pair.py [--fails-with TEXT] SERVER [ARGUMENT...] -- CLIENT [ARGUMENT...]

The server must print "listening on HOST:PORT" and end with 0 after SIGINT. In the client's arguments {url}
becomes ws://HOST:PORT, {empty} nothing, {file:SIZE} the name of a file of that many bytes, and {server} the
server's process id, for a client that stops the server itself. The client must end with 0; with --fails-with it
must end with 1 and say TEXT.
"""
import os
import re
import signal
import subprocess
import sys
import tempfile
import threading

PATIENCE = 240  # seconds; a machine may be busy

# A sanitizer's report must not look like an ordinary failure. Wine takes the command line as the locale says.
ENVIRONMENT = dict(os.environ, LC_ALL="C.UTF-8", PYTHONUNBUFFERED="1")
for name in "ASAN_OPTIONS", "UBSAN_OPTIONS":
    ENVIRONMENT[name] = ENVIRONMENT.get(name, "") + ":exitcode=99"


def start(command, **options):
    return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, env=ENVIRONMENT, **options)


def read_address(server):
    """The address in the first line. The rest is copied to our output, so that the server never waits for a reader."""
    line = server.stdout.readline().decode().strip()
    print(f"server: {line}", flush=True)
    match = re.fullmatch(r"listening on (\S+:\d+)", line)
    if not match:
        sys.exit("the server did not say where it listens")

    def copy():
        for more in server.stdout:
            print("server:", more.decode(errors="replace").rstrip(), flush=True)

    thread = threading.Thread(target=copy, daemon=True)
    thread.start()
    return match[1], thread


def expand(argument, address, server, folder):
    def make_file(match):
        size = int(match[1])
        path = os.path.join(folder, f"{size}.bin")
        with open(path, "wb") as file:
            file.write(b"".join((i * 2654435761 % 2**32).to_bytes(4, "big") for i in range(size // 4 + 1))[:size])
        return path

    for name, value in ("{url}", f"ws://{address}"), ("{server}", str(server.pid)), ("{empty}", ""):
        argument = argument.replace(name, value)
    return re.sub(r"{file:(\d+)}", make_file, argument)


def run_client(command, fails_with):
    client = start(command, stderr=subprocess.STDOUT)
    try:
        output = client.communicate(timeout=PATIENCE)[0].decode(errors="replace").replace("\r", "")
    except subprocess.TimeoutExpired:
        client.kill()
        output = client.communicate()[0].decode(errors="replace")
        print("the client did not end", flush=True)
    print(output, flush=True)
    print(f"the client ended with {client.returncode}", flush=True)
    if fails_with:
        return client.returncode == 1 and fails_with in output
    return client.returncode == 0


def stop(server, stopped_by_client):
    if server.poll() is None and not stopped_by_client:
        server.send_signal(signal.SIGINT)
    try:
        server.wait(30)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()
        print("the server did not stop", flush=True)
    print(f"the server ended with {server.returncode}", flush=True)
    return server.returncode == 0


def main(arguments):
    fails_with = None
    if arguments[0] == "--fails-with":
        fails_with, arguments = arguments[1], arguments[2:]
    border = arguments.index("--")
    with tempfile.TemporaryDirectory(dir=os.getcwd()) as folder:
        server = start(arguments[:border])
        try:
            address, thread = read_address(server)
            client = [expand(argument, address, server, folder) for argument in arguments[border + 1 :]]
            right = run_client(client, fails_with)
        finally:
            stopped = stop(server, "{server}" in arguments)
        thread.join(10)
    return 0 if right and stopped else 1


sys.exit(main(sys.argv[1:]))
