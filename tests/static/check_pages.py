"""Do the pages lead somewhere?  check_pages.py FOLDER

In every *.md below FOLDER: relative links lead to files that are there, and to headings of pages. Where FOLDER is the project and
not its zip, so do the names of what is in it: paths, the library's inner functions (`ws_mask`), and cases of api_tests, which
may have a * at their end (`edges.own_memory_*`).
"""
import glob
import os
import re
import sys

SKIPPED = {".git", "build", "node_modules"}
LINK = re.compile(r"\]\(([^)\s]+)\)")
PATH = re.compile(r"(?<![\w./-])(?:tests|src|include|\.github)/[\w./*-]*[\w/*](?![\w/*<])")
FUNCTION = re.compile(r"\bws_[a-z0-9_]+\b")
CASE = re.compile(r"`([a-z0-9_]+)\.([a-z0-9_]+)(\*?)`")


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def pages(folder):
    for here, folders, names in os.walk(folder):
        folders[:] = sorted(set(folders) - SKIPPED)
        yield from (os.path.join(here, name) for name in sorted(names) if name.endswith(".md"))


def without_code(text):
    return re.sub(r"`[^`\n]*`", "", re.sub(r"^( *)```.*?^\1```", "", text, flags=re.M | re.S))


def anchors(text):
    """The headings' names as GitHub makes them; it numbers those that are there already."""
    found = set()
    for heading in re.findall(r"^#+ +(.*)$", re.sub(r"^```.*?^```", "", text, flags=re.M | re.S), flags=re.M):
        name = plain = re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
        count = 0
        while name in found:
            count += 1
            name = f"{plain}-{count}"
        found.add(name)
    return found


def broken_links(page, text):
    for target in LINK.findall(without_code(text)):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        path = os.path.join(os.path.dirname(page), path) if path else page
        if not os.path.exists(path):
            yield f"no such file: {target}"
        elif anchor and anchor not in anchors(read(path)):
            yield f"no such heading: {target}"


def broken_names(folder, text, sources):
    for path in PATH.findall(text):
        if not glob.glob(os.path.join(folder, path)):
            yield f"no such path: {path}"
    for function in FUNCTION.findall(text):
        if not re.search(rf"\b{function}\b", sources):
            yield f"no such function: {function}"
    for subject, case, more in CASE.findall(text):
        path = os.path.join(folder, "tests/api", f"test_{subject}.c")
        if os.path.exists(path) and not re.search(rf"API_CASE\(\w+,\s*{case}{'' if more else '[)]'}", read(path)):
            yield f"no such case: {subject}.{case}{more}"


def main(folder):
    sources = [path for path in glob.glob(os.path.join(folder, "src/**/*.[ch]"), recursive=True)]
    text_of_sources = "".join(map(read, sources))
    count, wrong = 0, 0
    for page in pages(folder):
        text = read(page)
        count += 1
        for problem in [*broken_links(page, text), *(broken_names(folder, text, text_of_sources) if sources else [])]:
            wrong += 1
            print(f"{os.path.relpath(page, folder)}: {problem}")
    if wrong or not count:
        sys.exit(f"{wrong} things in {count} pages lead nowhere")
    print(f"all that {count} pages name is there")


if __name__ == "__main__":
    main(*sys.argv[1:])
