#!/bin/sh
# The night's work: sync, check, backup, backups that are too old go, and what the pages wait for is learned. Once, or with --every-night at 02:30.
# A failed sync does not keep the backup from being made; what failed is the exit code and a line on stderr.
set -u
backups=${PLUMBLINE_BACKUPS:?the folder of the backups}
keep=${PLUMBLINE_KEEP:-14}
at=${PLUMBLINE_NIGHTLY_AT:-02:30}
case $keep in '' | *[!0-9]* | 0) echo "PLUMBLINE_KEEP: expected a number from 1, got '$keep'" >&2; exit 2 ;; esac

night() {
    failed=0
    for crm in ${PLUMBLINE_SYNC:-}; do
        python -m analytics sync "$crm" || { echo "nightly: the sync of $crm failed" >&2; failed=1; }
    done
    python -m analytics check --quick || { echo "nightly: the store is not sound; no backup was made, none was removed" >&2; return 1; }
    new="$backups/plumbline-$(date +%Y-%m-%dT%H%M%S).duckdb"
    python -m analytics backup "$new" || { echo "nightly: the backup failed; none was removed" >&2; return 1; }
    # names sort by their date; what belongs to one backup begins with its name
    set -- "$backups"/plumbline-20*T*.duckdb
    while [ $# -gt "$keep" ]; do
        rm -f -- "$1" "$1".*
        shift
    done
    # what the pages wait for is learned now, not when the first reader comes
    python -m analytics publish || { echo "nightly: nothing was published; the app learns by itself" >&2; failed=1; }
    return $failed
}

[ "${1:-}" = --every-night ] || { night; exit $?; }
while :; do
    next=$(date -d "today $at" +%s)
    now=$(date +%s)
    [ "$next" -gt "$now" ] || next=$(date -d "tomorrow $at" +%s)
    sleep $((next - now))
    night || echo "nightly: something failed; see above" >&2
done
