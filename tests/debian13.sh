#!/bin/sh
# Run a command as root in the small Debian 13 that tests/install-debian13.sh makes:  tests/debian13.sh COMMAND [ARGUMENT...]
#
# It sees the project's folder where that is, and begins in this folder. The mounts are seen by this program alone and go
# away with it.
set -eu

root=$(cd "$(dirname "$0")/.." && pwd)
export DEBIAN_ROOT="$root/build/debian13" PROJECT_ROOT="$root" DIRECTORY="$PWD"
if [ ! -d "$DEBIAN_ROOT" ]; then
    echo 'debian13.sh: there is no such Debian; make it with: sh tests/install-debian13.sh' >&2
    exit 125
fi
# shellcheck disable=SC2016
exec unshare --mount sh -euc '
    mkdir -p "$DEBIAN_ROOT$PROJECT_ROOT"
    mount --rbind "$PROJECT_ROOT" "$DEBIAN_ROOT$PROJECT_ROOT"
    mount --rbind /dev "$DEBIAN_ROOT/dev"
    mount -t proc proc "$DEBIAN_ROOT/proc"
    exec chroot "$DEBIAN_ROOT" sh -c "cd \"\$DIRECTORY\" && exec \"\$@\"" sh "$@"
' sh "$@"
