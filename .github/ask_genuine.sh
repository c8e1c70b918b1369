#!/bin/sh
# Ask a websocket.dll that is not ours what ours was asked:  .github/ask_genuine.sh API_TESTS GENUINE OURS FOLDER
#
# Leaves the pages of both in FOLDER, with their difference, and all three in the job's summary. Fails if ours does not answer
# as it should, or if the genuine one does what a documented rule or a program's need forbids: then we are wrong. That it
# differs in what was our choice is what we ask for, and no failure.
set -eu

api_tests=$1
genuine=$2
ours=$3
folder=$4
mkdir -p "$folder"

# ask NAME LIBRARY: its page, without Windows' line ends; sets code.
ask() {
    code=0
    "$api_tests" --library "$2" >"$folder/raw" || code=$?
    tr -d '\r' <"$folder/raw" >"$folder/$1.md"
    rm "$folder/raw"
}

ask ours "$ours"
ours_code=$code
ask genuine "$genuine"
diff -u "$folder/genuine.md" "$folder/ours.md" >"$folder/difference.diff" || true
{
    printf '## The genuine one\n\n'
    cat "$folder/genuine.md"
    printf '\n## Ours\n\n'
    cat "$folder/ours.md"
    printf '\n## The difference\n\n```diff\n'
    cat "$folder/difference.diff"
    printf '```\n'
} >"$folder/summary.md"
cat "$folder/summary.md" >>"${GITHUB_STEP_SUMMARY:-/dev/stdout}"

[ $ours_code = 0 ] || {
    echo "::error::our library does not answer as it should"
    exit 1
}
case $code in
0) ;;
1) echo "::error::the genuine library differs above our choice: a defect of ours, see the summary" && exit 1 ;;
*) echo "::error::the genuine library could not be asked" && exit 1 ;;
esac
