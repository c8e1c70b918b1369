#!/bin/sh
# The workflows for GitHub are well-formed, their actions are pinned, their permissions small, their shell is sound; its issue
# forms are such; and one with a defect of each kind is found out:  check.sh FOLDER     what is installed goes there
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

forms=.github/ISSUE_TEMPLATE
node tests/workflows/forms.js $forms/bug.yml $forms/genuine.yml $forms/system.yml
test "$(find $forms -type f | wc -l)" -eq 4 # these, and config.yml, which is none

# finds WORDS EXPRESSION FILE: with the file changed so, that is what is said of it.
defects=$folder/defects
rm -rf "$defects"
mkdir "$defects"
count=0
finds() {
    count=$((count + 1))
    echo "$1" >"$defects/$count.words"
    sed "$2" "$3" >"$defects/$count.yml"
}
finds_all() {
    if node "$@" "$defects"/*.yml >"$folder/found"; then
        echo 'nothing was found where there is something'
        exit 1
    fi
    for words in "$defects"/*.words; do
        grep -F "/$(basename "$words" .words).yml:" "$folder/found" | grep -F "$(cat "$words")"
    done
    rm "$defects"/*
}

workflow=.github/workflows/tests.yml
finds 'unknown permission scope' 's/^  contents: read/  content: read/' $workflow
finds 'label "macos-oldest" is unknown' 's/macos-latest/macos-oldest/' $workflow
finds 'unexpected key' 's/fail-fast:/fail-slow:/' $workflow
finds 'without a commit' '0,/@[0-9a-f]*/s/@[0-9a-f]\{40\}/@v6/' $workflow
finds 'permissions of the workflow' 's/^  contents: read/  contents: write/' $workflow
finds_all tests/workflows/lint.js "$folder"

# finds_form WORDS EXPRESSION
finds_form() {
    finds "$1" "$2" $forms/system.yml
}
finds_form 'form: no description' '/^description/d'
finds_form 'form: unknown key colour' 's/^labels/colour/'
finds_form 'no type text' 's/type: input/type: text/'
finds_form 'no options' 's/options:/choices:/'
finds_form 'no label' '/label: Processor/d'
finds_form 'body: result twice' 's/id: output/id: result/'
finds_form 'unknown key needed' 's/required: true/needed: true/'
finds_form 'It does not compile twice' 's/It compiles; not run/It does not compile/'
finds_all tests/workflows/forms.js
