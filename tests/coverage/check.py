"""Whether the tests reach enough of src/:  check.py GCOVR SOURCE_FOLDER BUILD_FOLDER

gcovr fails below 98 % of the lines or 95 % of the branches; its report goes to report/ in the build folder. Beyond
that, uncovered.txt must name every function of which something is not reached, and no other.
"""
import json
import pathlib
import subprocess
import sys

LINES, BRANCHES = 98, 95


def measure(gcovr, source, build):
    report = build / "report"
    report.mkdir(exist_ok=True)
    command = [gcovr, "--root", source, "--filter", f"{source}/src/", build,
               "--json", report / "coverage.json", "--html-details", report / "index.html", "--txt", report / "lines.txt",
               "--print-summary", "--fail-under-line", str(LINES), "--fail-under-branch", str(BRANCHES)]
    enough = subprocess.run(command).returncode == 0
    return enough, json.loads((report / "coverage.json").read_text())["files"]


def is_reached(line):
    return line["count"] > 0 and all(branch["count"] > 0 for branch in line["branches"])


def missed(files):
    """{(file, function): [line number]} of what is not reached."""
    found = {}
    for file in files:
        starts = sorted((function["lineno"], function["name"]) for function in file["functions"])
        for line in file["lines"]:
            if line.get("gcovr/noncode") or is_reached(line): # versions before 7 list what is no code, too
                continue
            number = line["line_number"]
            name = [name for start, name in starts if start <= number][-1]
            found.setdefault((file["file"], name), []).append(number)
    return found


def listed(path):
    """The functions in uncovered.txt. Indented lines are reasons, and there is one for each group."""
    functions, reasoned = set(), True
    for line in path.read_text().splitlines():
        if line.startswith("#") or not line:
            continue
        reasoned = line.startswith(" ")
        if not reasoned:
            functions.add(tuple(line.split()))
    if not reasoned:
        sys.exit(f"{path.name}: the last functions have no reason")
    return functions


def main():
    gcovr, source, build = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
    fine, files = measure(gcovr, source, build)
    found, known = missed(files), listed(source / "tests/coverage/uncovered.txt")
    for (file, function), lines in sorted(found.items()):
        reason = (file, function) in known or (file, "*") in known
        print(f"{file}: {function}: not all of line {', '.join(map(str, lines))}"
              + ("" if reason else ": THIS IS NOT IN uncovered.txt"))
        fine = fine and reason
    for file, function in sorted(known - set(found)):
        if function != "*":
            print(f"{file}: {function}: is in uncovered.txt, but all of it is reached")
            fine = False
    if not files:
        sys.exit("nothing was counted")
    sys.exit(0 if fine else 1)


main()
