#!/bin/sh
# A check that must find something:  finds.sh WHAT COMMAND...  passes when the command fails and prints WHAT.
set -u
what=$1
shift
if output=$("$@" 2>&1); then
    echo "finds.sh: nothing was found"
    exit 1
fi
printf '%s\n' "$output"
case $output in
*"$what"*) ;;
*)
    echo "finds.sh: $what was not found"
    exit 1
    ;;
esac
