"""`quell work`: does the jobs that wait in a data folder, beside a server or without one."""

import os
import sys
from typing import Annotated

import typer

from quell.cli.opening import Config, Data, settings_of


def work(
    stay: Annotated[bool, typer.Option("--stay", help="Wait for more jobs instead of ending.")] = False,
    data: Data = None,
    config: Config = None,
    child: Annotated[bool, typer.Option("--child", hidden=True)] = False,
) -> None:
    """Do the waiting jobs: builds of auto reviewers, reports, sweeps. A server does this by itself."""
    from quell.workers import compute_in_workers_only

    compute_in_workers_only()
    if child:
        _be_child()
    from quell.background import open_background
    from quell.jobs.child import work as run

    background = open_background(settings_of(data, config))
    try:
        run(background.worker.run_next, float("inf") if stay else 0.0)
    finally:
        background.close()


def _be_child() -> None:
    """Work for the server that started this process, then end it without a word."""
    from quell.jobs.child import be_humble, end_stuck, read_orders
    from quell.jobs.child import work as run

    orders = read_orders()
    be_humble()
    from quell import background
    from quell.observability.logging import configure_logging

    owner, settings = background.read_orders(orders)
    configure_logging(settings.log_level, settings.log_format)
    opened = background.open_background(settings, owner, on_stuck=end_stuck)
    run(opened.worker.run_next)
    opened.close()
    sys.stderr.flush()
    # The threads that watch the parent are blocked in reads: the interpreter is not to wait for them.
    os._exit(0)
