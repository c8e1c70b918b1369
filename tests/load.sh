#!/bin/sh
# The echo server with 10,000 connections, while one peer in a hundred misbehaves; five times as long as in
# tests/run.sh:  tests/load.sh [--connections N] [--messages N] [--seconds N] [--misbehaving N]
set -eu

cd "$(dirname "$0")/.."
sh tests/install-packages.sh native
cmake --preset linux >/dev/null
cmake --build --preset linux --target load echo_server >/dev/null
exec build/linux/tests/load/load build/linux/echo_server --messages 100 --seconds 60 "$@"
