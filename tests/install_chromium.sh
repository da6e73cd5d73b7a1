#!/usr/bin/env bash
# The browser tests drive Debian's Chromium; install it where no Chromium or Chrome is found.
set -eu
for name in chromium chromium-browser google-chrome; do
    command -v "$name" >/dev/null && exit 0
done
if command -v apt-get >/dev/null; then
    as_root=""
    [ "$(id -u)" = 0 ] || as_root="sudo -n"
    if $as_root apt-get update -qq && $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium; then
        exit 0
    fi
fi
echo "No Chromium found and none could be installed: the browser tests will be skipped." >&2
