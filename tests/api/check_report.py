"""Run api_tests against libraries, good and bad, and look at its reports.

usage: check_report.py own      LIBRARY PROGRAM...   our library: every case agrees
       check_report.py some     LIBRARY PROGRAM...   the same for those of one subject
       check_report.py nonsense LIBRARY PROGRAM...   a library that crashes, hangs, lies: each is named
       check_report.py stub     LIBRARY PROGRAM...   Wine's own websocket.dll: ends at nearly every call
       check_report.py missing  LIBRARY PROGRAM...   no library: exit code 2
       check_report.py imports  FILE                 the Windows program needs no DLL that some Windows lacks

PROGRAM... is the command that starts api_tests.
"""

import json
import os
import re
import subprocess
import sys

GROUPS = {
    "documented": {"doc", "sdk", "rfc"},
    "needed by .NET": {"net"},
    "used by programs": {"apps", "wire", "trace"},
    "our choice": {"choice"},
}
# What Wine's functions do that are not written: that differs by its version. The number is E_NOTIMPL.
WINE_STUB = ["ended with exception 0x80000100 (a function that is missing in Wine)", "0x80004001"]


def check(good, fault):
    if not good:
        sys.exit(f"check_report.py: {fault}")


def run(program, *arguments, **environment):
    """(exit code, standard output)"""
    done = subprocess.run([*program, *arguments], stdout=subprocess.PIPE, env={**os.environ, **environment}, check=False)
    return done.returncode, done.stdout.decode("utf-8").replace("\r\n", "\n")


def report(program, library, *arguments, **environment):
    """The JSON report, after a look at its form: (exit code, report)."""
    code, output = run(program, "--library", library, "--json", *arguments, **environment)
    check(code in (0, 1), f"exit code {code} with {library}")
    seen = json.loads(output)
    check(set(seen) == {"library", "groups", "differences"}, f"the report's members are {set(seen)}")
    check([group["group"] for group in seen["groups"]] == list(GROUPS), "the groups are others")
    for group in seen["groups"]:
        check(group["cases"] == group["agree"] + group["differ"] + group["skipped"], f"{group} does not add up")
        differences = [entry for entry in seen["differences"] if entry["group"] == group["group"]]
        check(len(differences) == group["differ"], f"{group} has {len(differences)} differences")
    for entry in seen["differences"]:
        check(entry["source"] in GROUPS[entry["group"]], f"{entry} is in the wrong group")
        check(entry["expected"] and entry["seen"], f"{entry} does not say what differs")
    file = library.removeprefix("Z:")
    check(not os.path.exists(file) or seen["library"]["bytes"] == os.path.getsize(file), f"{file} has another size")
    wrong = any(entry["source"] != "choice" for entry in seen["differences"])
    check(code == int(wrong), f"the exit code is {code}")
    return code, seen


def page(program, library, *arguments, **environment):
    """What the page says: (exit code, group counts as in JSON, rows of its tables, whole text)."""
    code, text = run(program, "--library", library, *arguments, **environment)
    counts = {}
    for name, agree, cases, differ, skipped in re.findall(
            r"^    (\S.*?) +(\d+) of +(\d+) agree(?:, (\d+) differ)?(?:, (\d+) cannot be run here)?$", text, re.M):
        counts[name] = {"group": name, "cases": int(cases), "agree": int(agree), "differ": int(differ or 0),
                        "skipped": int(skipped or 0)}
    rows = [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
            for line in text.splitlines() if line.startswith("| ")]
    return code, counts, [row for row in rows if row[0] != "case" and not row[0].startswith("---")], text


def check_same(program, library, *arguments, **environment):
    """Page and JSON of the same run tell the same; returns exit code and page's text."""
    code, seen = report(program, library, *arguments, **environment)
    page_code, counts, rows, text = page(program, library, *arguments, **environment)
    check(page_code == code, f"the exit codes are {code} and {page_code}")
    check(list(counts.values()) == seen["groups"], f"the page counts {counts}, the JSON {seen['groups']}")
    check([row[0] for row in rows] == [entry["case"] for entry in seen["differences"]], "the cases are not the same")
    check(all(len(row) == 3 for row in rows), "a row has not three cells")
    check(str(seen["library"]["bytes"]) in text and seen["library"]["file"] in text, "the page tells another library")
    return code, text


def check_own(library, program):
    code, seen = report(program, library)
    check(code == 0 and not seen["differences"], f"our own library differs: {json.dumps(seen, indent=1)}")
    listed = {}
    for line in run(program, "--list")[1].splitlines():
        source = re.fullmatch(r"\w+\.\w+ \[(\w+)\]", line).group(1)
        listed[source] = listed.get(source, 0) + 1
    for group in seen["groups"]:
        cases = sum(listed.get(source, 0) for source in GROUPS[group["group"]])
        check(group["cases"] == cases > 0, f"{cases} cases are listed for {group}")
    check_some(library, program)


def check_some(library, program):
    code, text = check_same(program, library, "--only", "handles.*")
    check(code == 0 and "differ" not in text, "the page shows differences")
    check(re.search(r"\d of +\d+ agree", text), "the page shows nothing")
    print(text)


def check_nonsense(library, program):
    """One case for each kind of misbehaviour, as written in wrong/nonsense.c."""
    crash = "0xC0000005 (access violation)" if program[-1].endswith(".exe") else "signal 11"
    os.environ["ASAN_OPTIONS"] = "handle_segv=0:detect_leaks=0"
    for case, wanted, limit in [
            ("handles.receive_needs_an_open_handle_or_a_begun_server", f"ended with .*{re.escape(crash)}.*", "60"),
            ("handles.end_client_handshake_needs_a_begun_client", "ended the process with exit code 0", "60"),
            ("handles.begin_client_handshake_needs_a_fresh_client", "NULL", "60"),
            ("handles.get_action_needs_an_open_handle_or_a_begun_server", "S_OK", "60"),
            ("global_property.the_only_supported_version_is_13", "no answer in 2 s", "2")]:
        code, seen = report(program, library, "--only", case, "--time-limit", limit)
        found = seen["differences"]
        check(code == 1 and len(found) == 1 and found[0]["case"] == case, f"{case}: {found}")
        check(re.fullmatch(wanted, found[0]["seen"]), f"{case}: {found[0]}")
    # Only choices differ here.
    code, seen = report(program, library, "--only", "handles.a_null_handle_is_e_handle")
    check(code == 0 and len(seen["differences"]) == 1, f"a choice: exit code {code}, {seen['differences']}")
    print(check_same(program, library, "--only", "handles.*")[1])
    print(check_same(program, library, "--only", "server_request.*version*")[1])


def check_stub(library, program):
    overrides = os.environ.get("WINEDLLOVERRIDES", "") or "mscoree=;mshtml=;winemenubuilder.exe="
    code, seen = report(program, library, WINEDLLOVERRIDES=f"websocket=b;{overrides}")
    check(code == 1, f"the exit code is {code}")
    numbers = {key: sum(group[key] for group in seen["groups"]) for key in ("cases", "agree", "differ")}
    check(numbers["cases"] > 400 and numbers["agree"] < 40, f"Wine's stub agrees too often: {numbers}")
    others = [entry for entry in seen["differences"] if entry["seen"] not in WINE_STUB]
    for entry in others:
        print(f"{entry['case']}: {entry['seen']}")
    # On a loaded machine Wine now and then loses how an aborted process ended.
    check(len(others) <= len(seen["differences"]) / 20, f"{len(others)} cases did not end at the stub")
    print(f"Wine's stub: {numbers}")


def check_missing(library, program):
    code, output = run(program, "--library", library)
    check(code == 2 and output == "", f"exit code {code}, output {output!r}")


def check_imports(file):
    sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
    sys.dont_write_bytecode = True
    from check_exports import Pe
    with open(file, "rb") as stream:
        pe = Pe(stream.read())
    imported = {dll for dll, _ in pe.imports()}
    check("kernel32.dll" in imported, f"{file} imports {imported}")
    check(not pe.strange_imports(), f"{file} imports {pe.strange_imports()}")
    print(f"{file}: needs {', '.join(sorted(imported))} alone")


def main():
    modes = {"own": check_own, "some": check_some, "nonsense": check_nonsense, "stub": check_stub, "missing": check_missing}
    if len(sys.argv) == 3 and sys.argv[1] == "imports":
        check_imports(sys.argv[2])
    elif len(sys.argv) > 3 and sys.argv[1] in modes:
        modes[sys.argv[1]](sys.argv[2], sys.argv[3:])
    else:
        sys.exit(__doc__)


main()
