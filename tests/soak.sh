#!/bin/sh
# The echo server for long, with connections that come and go, and its memory:  tests/soak.sh [MINUTES]
set -eu

cd "$(dirname "$0")/.."
sh tests/install-packages.sh native
cmake --preset linux >/dev/null
cmake --build --preset linux --target soak echo_server >/dev/null
exec build/linux/tests/load/soak build/linux/echo_server --seconds $((${1:-10} * 60))
