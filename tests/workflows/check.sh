#!/bin/sh
# The workflows for GitHub are well-formed, their actions are pinned, their permissions small, their shell is sound; and a
# workflow with a defect of each kind is found out:  check.sh FOLDER     what is installed goes there
set -eu

root=$(cd "$(dirname "$0")/../.." && pwd)
folder=$1
sh "$root/tests/interop/install-node.sh" "$root/tests/workflows" "$folder"
export NODE_PATH="$folder/node_modules"
cd "$root"

rm -rf "$folder/steps"
mkdir "$folder/steps"
node tests/workflows/lint.js "$folder/steps" .github/workflows/*.yml
test "$(find "$folder/steps" -type f | wc -l)" -gt 10
shellcheck "$folder"/steps/* .github/*.sh

# finds WORDS EXPRESSION: with tests.yml changed so, that is what is said.
finds() {
    sed "$2" .github/workflows/tests.yml >"$folder/defect.yml"
    if node tests/workflows/lint.js "$folder" "$folder/defect.yml" >"$folder/found"; then
        echo "nothing was found where there is: $1"
        exit 1
    fi
    grep -F "$1" "$folder/found"
}
finds 'unknown permission scope' 's/^  contents: read/  content: read/'
finds 'label "macos-oldest" is unknown' 's/macos-latest/macos-oldest/'
finds 'unexpected key' 's/fail-fast:/fail-slow:/'
finds 'without a commit' '0,/@[0-9a-f]*/s/@[0-9a-f]\{40\}/@v6/'
finds 'permissions of the workflow' 's/^  contents: read/  contents: write/'
