#!/bin/sh
# .github/ask_genuine.sh, with which a workflow asks Windows' own websocket.dll, has an end for each answer:
#
#   check_genuine.sh API_TESTS OURS
set -eu

root=$(cd "$(dirname "$0")/../.." && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
export GITHUB_STEP_SUMMARY="$scratch/summary"

# ask CODE GENUINE OURS WORDS
ask() {
    code=0
    : >"$GITHUB_STEP_SUMMARY"
    sh "$root/.github/ask_genuine.sh" "$api_tests" "$2" "$3" "$scratch/pages" >"$scratch/said" || code=$?
    cat "$scratch/said"
    test "$code" -eq "$1"
    grep -qF -e "$4" "$scratch/said" "$GITHUB_STEP_SUMMARY"
}

cat >"$scratch/some" <<END
#!/bin/sh
exec "$1" "\$@" --only 'rfc_examples.*' # all of them take their time
END
chmod +x "$scratch/some"
api_tests=$scratch/some
ask 0 "$2" "$2" ' agree'
ask 1 nothing-has-this-name "$2" 'the genuine library could not be asked'

# A page and its code for each kind of library, as api_tests would have them.
cat >"$scratch/api_tests" <<'END'
#!/bin/sh
case $2 in
ours) echo '    our choice   129 of 129 agree' ;;
chooses) printf '    our choice   128 of 129 agree, 1 differs\r\n' ;;
*) echo '    documented   227 of 228 agree, 1 differs' && exit 1 ;;
esac
END
chmod +x "$scratch/api_tests"
api_tests=$scratch/api_tests
ask 0 chooses ours '-    our choice   128 of 129 agree, 1 differs'
! grep -q "$(printf '\r')" "$GITHUB_STEP_SUMMARY" || exit 1
ask 1 wrong ours 'a defect of ours, see the summary'
ask 1 ours wrong 'our library does not answer as it should'
