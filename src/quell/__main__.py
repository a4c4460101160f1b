"""`python -m quell` is the same as `quell`."""

from quell.cli import main

main()
