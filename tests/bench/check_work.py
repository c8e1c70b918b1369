"""Constant work for each byte that a peer sends: no pattern costs more per byte, the more of it comes.

check_work.py PROGRAM LIMIT     PROGRAM is made of work.c or lists.c, valgrind counts the instructions of its runs;
                                LIMIT is how many times the least work for a byte the most may be
"""
import re
import subprocess
import sys

SIZES = (20000, 40000, 80000)


def instructions(program, pattern, size):
    """What serving the stream takes, the rest of the program left out; and what came of it."""
    done = subprocess.run(
        ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", "--toggle-collect=serve", program, pattern, str(size)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=True)
    return int(re.search(r"Collected : (\d+)", done.stderr).group(1)), int(done.stdout)


def main(program, limit):
    wrong = False
    print(f"{'instructions for each byte of':32}", *(f"{size:>8}" for size in SIZES), "bytes")
    for pattern in subprocess.run([program], stdout=subprocess.PIPE, text=True, check=True).stdout.split():
        runs = [instructions(program, pattern, size) for size in SIZES]
        each = [count / size for (count, _), size in zip(runs, SIZES)]
        linear = max(each) < float(limit) * min(each) and runs[0][1] > 0
        print(f"{pattern:32}", *(f"{number:8.1f}" for number in each), "" if linear else "  NOT CONSTANT")
        wrong = wrong or not linear
    return wrong


sys.exit(main(*sys.argv[1:]))
