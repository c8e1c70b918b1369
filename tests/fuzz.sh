#!/bin/sh
# Run the fuzzers for longer than the tests do:
#
#   tests/fuzz.sh SECONDS [FUZZER...]      each fuzzer (all, if none is named), so many seconds one after the other
#   tests/fuzz.sh --minimise [FUZZER...]   replace the committed corpora with the fewest inputs that reach the same code;
#                                          inputs made by hand stay: they have names, not the fuzzer's 40 digits
#
# The inputs that reach something new stay in build/fuzz/tests/fuzz/found/FUZZER, from where the next run goes on. An input
# that breaks something is kept as build/fuzz/tests/fuzz/FUZZER-crash-..., and this script ends with an error.
set -eu

cd "$(dirname "$0")/.."
if [ $# -eq 0 ]; then
    sed -n '2,9s/^# \{0,1\}//p' "$0" >&2
    exit 2
fi
seconds=$1
shift

sh tests/install-packages.sh native tests
cmake --preset fuzz >/dev/null
cmake --build --preset fuzz >build/fuzz/log || { tail -n 60 build/fuzz/log && exit 1; }
# shellcheck disable=SC2046 # a word for each fuzzer
[ $# -gt 0 ] || set -- $(cd tests/fuzz && ls fuzz_*.c | sed 's/^fuzz_\(.*\)\.c$/\1/')

out=build/fuzz/tests/fuzz
for fuzzer in "$@"; do
    corpus=tests/fuzz/corpus/$fuzzer
    if [ "$seconds" = --minimise ]; then
        rm -rf "$out/smaller" && mkdir -p "$out/smaller"
        # shellcheck disable=SC2010 # the names of inputs have no blanks
        ls "$corpus" | grep -vE '^[0-9a-f]{40}$' | while read -r input; do cp "$corpus/$input" "$out/smaller"; done
        "$out/fuzz_$fuzzer" -merge=1 -use_counters=0 "$out/smaller" "$corpus" "$out/found/$fuzzer" \
            >"$out/$fuzzer.log" 2>&1 || { tail -n 60 "$out/$fuzzer.log"; exit 1; }
        tail -n 1 "$out/$fuzzer.log"
        rm -rf "$corpus" && mv "$out/smaller" "$corpus"
        continue
    fi
    echo "== $fuzzer, $seconds s"
    "$out/fuzz_$fuzzer" -max_total_time="$seconds" -timeout=20 -rss_limit_mb=1024 -print_final_stats=1 -verbosity=1 \
        -dict=tests/fuzz/websocket.dict -artifact_prefix="$out/$fuzzer-" "$out/found/$fuzzer" "$corpus" \
        >"$out/$fuzzer.log" 2>&1 || { tail -n 60 "$out/$fuzzer.log"; exit 1; }
    grep -E 'DONE|Done|number_of_executed' "$out/$fuzzer.log"
done
