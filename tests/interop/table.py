"""The table in tests/interop/README.md of what was tried with other people's WebSocket programs, made from what ran.

    table.py LOG README                  writes the table into README, between its two markers, from CTest's log of
                                         the presets linux and windows-x64 (tests/run.sh leaves it in build/logs)
    table.py --check BUILD README        is every test that BUILD has in the table, and nothing else?

The names of the tests say it all: PRESET.interop.ROLE.PEER.CASE, and PRESET.interop.deflate.ROLE.PEER.CASE, where ROLE
is ours. The versions are those of the programs that are installed, so they differ from one machine to another.
"""
import json
import os
import re
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
BEGIN, END = "<!-- interop table: made by tests/interop/table.py -->", "<!-- end of the interop table -->"
SYSTEMS = {"linux": "Linux", "windows-x64": "Windows (Wine)"}
PYTHON = "/usr/bin/python3"

# How a peer is called in the tests' names, by people, and what prints its version.
PEERS = {
    "ws": ("Node's `ws`", ["node", "-p", f"require('{HERE}/package.json').dependencies.ws"]),
    "websockets": ("Python's `websockets`", [PYTHON, "-c", "import websockets as w; print(w.__version__)"]),
    "aiohttp": ("Python's `aiohttp`", [PYTHON, "-c", "import aiohttp as w; print(w.__version__)"]),
    "websocket-client": ("Python's `websocket-client`", [PYTHON, "-c", "import websocket as w; print(w.__version__)"]),
    "libwebsockets": ("libwebsockets", ["pkg-config", "--modversion", "libwebsockets"]),
    "chromium": ("Chromium", ["/usr/bin/chromium", "--version"]),
}
COLUMNS = ["peer", "version", "our role", "cases", *SYSTEMS.values()]


def parse(test):
    """A test's preset, peer, role and case; None if no program of other people's is in it."""
    preset, _, rest = test.partition(".interop.")
    if rest == "page":
        return preset, "chromium", "server", "page"
    match = re.fullmatch(r"(deflate\.)?(server|client)\.([^.]+)\.(.+)", rest)
    if not match or match[3] not in PEERS or preset not in SYSTEMS:
        return None
    return preset, match[3], match[2], ("deflate: " if match[1] else "") + match[4].replace("_", " ")


def rows_of(results):
    """{(peer, role): {case: {preset: passed}}} of {test: passed}."""
    rows = {}
    for test, passed in results.items():
        parsed = parse(test)
        if parsed:
            preset, peer, role, case = parsed
            rows.setdefault((peer, role), {}).setdefault(case, {})[preset] = passed
    order = list(PEERS)
    return dict(sorted(rows.items(), key=lambda row: (order.index(row[0][0]), row[0][1] != "server")))


def read_log(path):
    with open(path, encoding="utf-8") as file:
        lines = re.findall(r"Test +#(\d+): (\S+) \.*\s*(Passed|\*\*\*\w+)", file.read())
    lines.sort(key=lambda line: int(line[0]))  # they ended in another order than they are registered in
    return {test: result == "Passed" for _, test, result in lines}


def registered(build):
    shown = subprocess.run(["ctest", "--test-dir", build, "--show-only=json-v1"], check=True, stdout=subprocess.PIPE)
    return {test["name"]: True for test in json.loads(shown.stdout)["tests"]}


def version(peer):
    text = subprocess.run(PEERS[peer][1], check=True, stdout=subprocess.PIPE, text=True).stdout
    return re.search(r"\d[\w.+]*", text)[0]


def cases_of(cases):
    """The plain cases, then those of permessage-deflate, as one cell."""
    plain = [case for case in cases if not case.startswith("deflate: ")]
    deflate = [case.removeprefix("deflate: ") for case in cases if case.startswith("deflate: ")]
    return "; ".join([", ".join(plain)] * bool(plain) + ["permessage-deflate: " + ", ".join(deflate)] * bool(deflate))


def tally(cases, preset):
    results = [result[preset] for result in cases.values() if preset in result]
    return f"{sum(results)} of {len(results)} pass" if results else "-"


def cells(peer, role, cases):
    return [PEERS[peer][0], version(peer), role, cases_of(cases), *(tally(cases, preset) for preset in SYSTEMS)]


def table(rows):
    lines = [COLUMNS, ["---"] * len(COLUMNS), *(cells(*row, cases) for row, cases in rows.items())]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def split(path):
    """What is before the table, the table, and what is after it."""
    with open(path, encoding="utf-8") as file:
        text = file.read()
    before, table_and_more = text.split(BEGIN + "\n")
    inside, after = table_and_more.split(END + "\n")
    return before, inside, after


def write(log, readme):
    rows = rows_of(read_log(log))
    if not all(tally(cases, preset) != "-" for cases in rows.values() for preset in SYSTEMS) or not rows:
        sys.exit(f"{log} does not tell of all systems: {', '.join(SYSTEMS)}")
    before, _, after = split(readme)
    with open(readme, "w", encoding="utf-8") as file:
        file.write(f"{before}{BEGIN}\n{table(rows)}{END}\n{after}")


def check(build, readme):
    """Compares all but the versions, and the columns of other systems than this build's."""
    results = registered(build)
    preset = next(iter(results)).split(".")[0]
    rows = rows_of(results).items()
    wanted = {(PEERS[peer][0], role): (cases_of(cases), tally(cases, preset)) for (peer, role), cases in rows}
    column = COLUMNS.index(SYSTEMS[preset])
    lines = [[cell.strip() for cell in line.split("|")[1:-1]] for line in split(readme)[1].splitlines()[2:]]
    found = {(line[0], line[2]): (line[3], line[column]) for line in lines}
    for row in wanted.keys() | found.keys():
        if wanted.get(row) != found.get(row):
            print(f"{' as our '.join(row)}\n  tests:  {wanted.get(row)}\n  README: {found.get(row)}")
    if wanted != found or not wanted:
        sys.exit("README's table is not of these tests: make it anew with tests/interop/table.py")
    print(f"the table names all {sum(len(cases) for _, cases in rows)} of them")


if __name__ == "__main__":
    if len(sys.argv) == 4 and sys.argv[1] == "--check":
        check(*sys.argv[2:])
    elif len(sys.argv) == 3:
        write(*sys.argv[1:])
    else:
        sys.exit(__doc__)
