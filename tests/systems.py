"""Tell on which systems tests ran, as CTest's output passes by:  ctest ... | systems.py "PRESET..."

Before CTest's summary comes a line for each preset: how many of its tests passed, where they ran, and what was built.
"""
import collections
import json
import pathlib
import platform
import re
import subprocess
import sys

TESTS = pathlib.Path(__file__).resolve().parent
EMULATED_I386 = pathlib.Path("/proc/sys/fs/binfmt_misc/websocket-i386")


def version(*command):
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=True)
        return done.stdout.splitlines()[0].split(" (")[0]
    except (OSError, subprocess.CalledProcessError):
        return f"unknown, {command[0]} does not say"


def place(preset):
    """Where the tests of a preset run."""
    if preset in ("windows-arm64", "macos-arm64"):
        return "nowhere, its files are read"
    # Where the kernel runs no 32-bit programs, see emulate-i386.sh.
    under = ", under QEMU" if preset.endswith(("32", "x86")) and EMULATED_I386.exists() else ""
    if "windows" in preset:
        return version("sh", TESTS / "wine.sh", preset.rpartition("-")[2], "--version") + under
    emulated = {"linux-arm64": "qemu-aarch64", "linux-s390x": "qemu-s390x"}.get(preset)
    if emulated:
        return version(emulated, "--version")
    return f'{platform.freedesktop_os_release()["PRETTY_NAME"]}, {platform.machine()}{under}'


def main():
    described = json.loads((TESTS.parent / "CMakePresets.json").read_text())["configurePresets"]
    names = {preset["name"]: preset.get("displayName") for preset in described}
    ran = collections.Counter()
    passed = collections.Counter()
    total = None  # by it the lines of a CTest inside of a test are told from this one's
    for stream in sys.stdin, sys.stdout:
        stream.reconfigure(errors="surrogateescape")
    for line in sys.stdin:
        test = re.match(r" *\d+/(\d+) Test +#\d+: ([^.]+)\.", line)
        summary = re.match(r"\d+% tests passed, .* out of (\d+)$", line)
        if test and total in (None, test[1]):
            total = test[1]
            ran[test[2]] += 1
            passed[test[2]] += " Passed " in line
        elif summary and summary[1] == total:
            print("These tests ran on:\n")
            for preset in sys.argv[1].split():
                count = f"{passed[preset]:5} of {ran[preset]:4} passed"
                print(f"  {preset:18}{count}   {place(preset)} ({names[preset]})")
            print()
        print(line, end="", flush=True)


main()
