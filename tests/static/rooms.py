"""The rooms of src/, which the table in src/README.md puts on floors, against what the files include:

rooms.py check ROOT          no include leads to a higher floor, or to another room on the same one; no header takes part
                             in a circle; all that the table names is there, and all that is there is in the table;
                             tests/unit/ has the same rooms
rooms.py draw ROOT FILE      draw the rooms, with an arrow for each that includes another one, by Graphviz
rooms.py compare ROOT FILE   whether that is what would be drawn now; how it is laid out may differ
"""
import graphlib
import pathlib
import re
import subprocess
import sys
import textwrap
import xml.etree.ElementTree

ROW = re.compile(r"^\| (\d+) \| `(\w+)/` \|", re.MULTILINE)
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*"([^"]+)"', re.MULTILINE)


def floors_of(root):
    """{room: floor}, from the top down."""
    return {room: int(floor) for floor, room in ROW.findall((root / "src/README.md").read_text())}


def includes_of(root):
    """{file: [what it includes between quotation marks]}, by the names that includes use."""
    files = sorted(file for file in (root / "src").rglob("*.[ch]"))
    return {file.relative_to(root / "src").as_posix(): INCLUDE.findall(file.read_text()) for file in files}


def room_of(file):
    return file.rpartition("/")[0]


def check_includes(floors, includes, public):
    for file, names in includes.items():
        room = room_of(file)
        for name in names:
            if name in public:
                continue
            if name not in includes:
                yield f'src/{file} includes "{name}", which is no file of a room by its full name'
            elif room_of(name) != room and floors.get(room_of(name), 0) >= floors.get(room, 0):
                yield f'src/{file} includes "{name}": {room}/ must not know {room_of(name)}/'


def check_circles(includes):
    try:
        graphlib.TopologicalSorter(includes).prepare()
    except graphlib.CycleError as error:
        yield "these include each other in a circle: " + ", ".join(reversed(error.args[1]))


def check_places(root, floors, includes):
    rooms = {room_of(file) for file in includes}
    for room in sorted(rooms - floors.keys()):
        yield f"src/{room}/ has sources, but no row in the table of src/README.md"
    for room in sorted(floors.keys() - rooms):
        yield f"{room}/ is in the table of src/README.md, but src/ has no such sources"
    names = {file.rpartition(".")[0] for file in includes}
    for test in sorted((root / "tests/unit").rglob("test_*.c")):
        room, subject = test.parent.name, test.stem.split("_")[1:]
        if not any(f"{room}/{'_'.join(subject[:end])}" in names for end in range(1, len(subject) + 1)):
            yield f"{test.relative_to(root)} is in another room than its subject"


def check(root):
    """What is wrong, in a sentence each."""
    floors, includes = floors_of(root), includes_of(root)
    public = {file.name for file in (root / "include").glob("*.h")}
    return [*check_includes(floors, includes, public), *check_circles(includes), *check_places(root, floors, includes)]


def picture(root):
    """The rooms in Graphviz' language."""
    floors, includes = floors_of(root), includes_of(root)
    lines = ['digraph rooms {', 'bgcolor=white; nodesep=0.4; ranksep=0.4;',
             'node [shape=box, style="rounded,filled", fillcolor="#eef3fb", color="#3b5b92"];',
             'node [fontname="Helvetica,Arial,sans-serif", fontsize=12, margin="0.2,0.1"]; edge [color="#3b5b92"];']
    for room in floors:
        names = sorted({re.split(r"[./]", file)[1] for file in includes if room_of(file) == room})
        words = textwrap.wrap(", ".join(names), 60 if len(names) > 4 else 30)
        lines.append(f'{room} [label=<<b>{room}/</b><br/>{"<br/>".join(words)}>];')
    for floor in sorted(set(floors.values())):
        lines.append("{ rank=same; " + " ".join(room for room in floors if floors[room] == floor) + " }")
    arrows = {(room_of(file), room_of(name)) for file, names in includes.items() for name in names}
    lines += [f"{above} -> {below};" for above, below in sorted(arrows) if above != below and below in floors]
    return "\n".join([*lines, "}"])


def draw(root):
    return subprocess.run(["dot", "-Tsvg"], input=picture(root), capture_output=True, check=True, text=True).stdout


def words_of(svg):
    """All that a picture says: its boxes and arrows have titles, too."""
    elements = xml.etree.ElementTree.fromstring(svg).iter()
    return sorted(element.text for element in elements if element.tag.endswith(("}title", "}text")))


def main():
    task, root = sys.argv[1], pathlib.Path(sys.argv[2])
    if task == "check":
        sys.exit("\n".join(check(root)) or 0)
    file = pathlib.Path(sys.argv[3])
    if task == "draw":
        file.write_text(draw(root))
    elif words_of(draw(root)) != words_of(file.read_text()):
        sys.exit(f"{file} is not what the includes say: tests/pictures/draw.sh draws it anew")


if __name__ == "__main__":
    main()
