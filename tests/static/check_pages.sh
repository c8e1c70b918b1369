#!/bin/sh
# The project's pages lead somewhere, and one with a defect of each kind is found out:  check_pages.sh FOLDER
set -eu

root=$(cd "$(dirname "$0")/../.." && pwd)
folder=$1
/usr/bin/python3 -B "$root/tests/static/check_pages.py" "$root"

rm -rf "$folder"
mkdir -p "$folder"
for room in src tests include .github; do
    ln -s "$root/$room" "$folder/$room"
done

# check TEXT: of a page beside the rooms.
check() {
    printf '# A heading of `one` page\n\n%s\n' "$1" >"$folder/page.md"
    /usr/bin/python3 -B "$root/tests/static/check_pages.py" "$folder" >"$folder/found" 2>&1
}
# finds WORDS TEXT
finds() {
    if check "$2"; then
        echo "nothing was found in: $2"
        exit 1
    fi
    grep -F "page.md: $1" "$folder/found"
}
check '[this](#a-heading-of-one-page), [that](tests/run.sh), [![it](tests/pictures/echo_page.png)](page.md), `ws_mask`,
`edges.own_memory_is_not_touched_beyond_its_ends`, `edges.own_memory_*`, `page.md`, `sh tests/run.sh`, `tests/api/test_*.c`.' || {
    cat "$folder/found"
    exit 1
}
finds 'no such file: tests/walk.sh' '[this](tests/walk.sh)'
finds 'no such file: nothing.png' '[![this](nothing.png)](page.md)'
finds 'no such heading: #another' '[this](#another)'
finds 'no such path: tests/walk.sh' '`sh tests/walk.sh`'
finds 'no such path: src/nothing*.h' '`src/nothing*.h`'
finds 'no such function: ws_nothing' '`ws_nothing`'
finds 'no such case: edges.own_memory' '`edges.own_memory`'
finds 'no such case: edges.no_memory_*' '`edges.no_memory_*`'
