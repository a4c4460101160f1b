"""Work on jobs on the command line: done here, unless a server's worker is quicker, with a bar."""

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from quell.errors import ServerBusy

if TYPE_CHECKING:
    from quell.app import Quell

_LOOK_SECONDS = 0.1


def finish(quell: "Quell", look: Callable[[], tuple[float, bool]]) -> None:
    """Do jobs until `look`, which says how far something is and whether it has ended, says that it has."""
    from quell.app import new_id
    from quell.background import example_blobs, job_worker

    blobs = example_blobs(quell.settings)
    worker = job_worker(quell.database, quell.reviewers.engines, blobs, new_id())
    ended = threading.Event()

    def work() -> None:
        while not ended.is_set():
            try:
                done = worker.run_next()
            except ServerBusy:  # the database is held for a moment
                done = False
            if not done:
                ended.wait(_LOOK_SECONDS)

    thread = threading.Thread(target=work, name="quell-jobs")
    thread.start()
    try:
        with _bar() as show:
            done = False
            while not done and thread.is_alive():
                fraction, done = look()
                show(fraction)
                ended.wait(0.0 if done else _LOOK_SECONDS)
    finally:
        ended.set()
        thread.join()
        blobs.close()


@contextmanager
def _bar() -> Iterator[Callable[[float], None]]:
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from quell.cli.progress import share_bar

    with share_bar("building") as show:
        yield show
