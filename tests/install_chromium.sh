#!/usr/bin/env bash
# The browser tests drive Chromium. Debian's headless shell takes half the work of a browser with windows, so it
# is installed where that is possible; any Chromium or Chrome will do.
set -eu
command -v chromium-headless-shell >/dev/null && exit 0
if command -v apt-get >/dev/null; then
    as_root=""
    [ "$(id -u)" = 0 ] || as_root="sudo -n"
    $as_root apt-get update -qq || true
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium-headless-shell && exit 0
fi
for name in chromium chromium-browser google-chrome; do
    command -v "$name" >/dev/null && exit 0
done
if command -v apt-get >/dev/null; then
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium && exit 0
fi
echo "No Chromium found and none could be installed: the browser tests will be skipped." >&2
