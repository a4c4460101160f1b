"""Runs the command line with encoders that are tiny and slow, and short leases, to be killed often.

Server, worker, pipe, signals and database are the real ones; a build takes about a second, most of it asleep,
and starting takes no models. The worker of a server is this program, too.
"""

import functools
import sys
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))

import quell.app
import quell.background
from quell.cli import main
from quell.encoders.routing import EncoderSet
from quell.jobs import supervisor
from quell.jobs.worker import JobWorker
from tests.doubles import TinyEncoder, TinyHarms, tiny_background
from tests.reviewers.bench import tiny_engine

READING_SECONDS = 0.01
LEASE_SECONDS = 1.0


class SlowEncoder(TinyEncoder):
    """Sleeps before it reads an example of the policy that is built in these tests."""

    def encode(self, text: str) -> Any:
        """Return the text as one vector."""
        if "of the series" in text:
            time.sleep(READING_SECONDS)
        return super().encode(text)


def _backgrounds(encoders: EncoderSet) -> dict[str, Any]:
    return {name: tiny_background(encoders[name]) for name in encoders.names}


quell.app.load_encoders = quell.background.load_encoders = lambda *_: EncoderSet(SlowEncoder())  # type: ignore[assignment]
quell.app.load_harms = TinyHarms  # type: ignore[assignment]
quell.app.load_reviewer_engine = tiny_engine
quell.app.load_backgrounds = _backgrounds  # type: ignore[assignment]
quell.background.JobWorker = functools.partial(JobWorker, lease_seconds=LEASE_SECONDS)  # type: ignore[misc, assignment]
quell.background.COMMAND = (sys.executable, __file__, "work", "--child")
supervisor.LOOK, supervisor._QUICK = 0.1, 0.1

if __name__ == "__main__":
    main()
