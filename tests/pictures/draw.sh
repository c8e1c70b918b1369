#!/bin/sh
# Draw the README's pictures anew from their text, with Debian's graphviz.
set -eu
cd "$(dirname "$0")"
for text in *.dot; do
    dot -Tsvg "$text" -o "${text%.dot}.svg"
done
