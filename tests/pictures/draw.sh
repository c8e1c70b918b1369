#!/bin/sh
# Draw the pictures anew, with Debian's graphviz: those of the README from their text, that of src/ from its includes.
set -eu
cd "$(dirname "$0")"
for text in *.dot; do
    dot -Tsvg "$text" -o "${text%.dot}.svg"
done
python3 -B ../static/rooms.py draw ../.. rooms.svg
