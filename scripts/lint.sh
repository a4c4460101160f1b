#!/bin/sh
# The static checks, all of them or those that are named: ./quell lint [format ruff types layers sizes docs]
set -eu

root=$(CDPATH='' cd -- "$(dirname "$0")/.." && pwd -P)
cd "$root"
python=.venv/bin/python  # modules, not scripts: a script's first line breaks when the checkout is moved

check() {
    case $1 in
        ruff) "$python" -m ruff check --quiet . ;;
        format) "$python" -m ruff format --check --quiet . ;;
        types) "$python" -m mypy --no-error-summary ;;
        layers) "$python" -c "from importlinter.cli import lint_imports_command as run; run()" ;;
        sizes) "$python" scripts/check_sizes.py ;;
        docs) "$python" scripts/check_docs.py ;;
        *) echo "There is no check '$1'; there are: ruff format types layers sizes docs" && return 2 ;;
    esac
}

[ $# -gt 0 ] || set -- ruff format types layers sizes docs
for name; do
    echo "== $name"
    check "$name" || { echo "FAILED: $name (alone: ./quell lint $name)" >&2 && exit 1; }
done
