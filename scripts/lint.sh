#!/bin/sh
# The static checks, all of them or those that are named: ./quell lint [format ruff types layers sizes docs]
set -eu

root=$(CDPATH='' cd -- "$(dirname "$0")/.." && pwd -P)
cd "$root"
bin=.venv/bin

check() {
    case $1 in
        ruff) "$bin/ruff" check --quiet . ;;
        format) "$bin/ruff" format --check --quiet . ;;
        types) "$bin/mypy" --no-error-summary ;;
        layers) "$bin/lint-imports" --no-logo ;;
        sizes) "$bin/python" scripts/check_sizes.py ;;
        docs) "$bin/python" scripts/check_docs.py ;;
        *) echo "There is no check '$1'; there are: ruff format types layers sizes docs" && return 2 ;;
    esac
}

[ $# -gt 0 ] || set -- ruff format types layers sizes docs
for name; do
    echo "== $name"
    check "$name" || { echo "FAILED: $name (alone: ./quell lint $name)" >&2 && exit 1; }
done
