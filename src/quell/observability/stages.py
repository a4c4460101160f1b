"""The stages of a request: waiting, encoding, matching, decoding, reading. One seam for metrics and traces.

Whoever follows a request says so once, in the request's context; the code that does the work names its
stages and knows nothing of who listens. Where nobody does, a stage costs one look-up.

    request ─▶ following(…) ─▶ endpoint ─▶ Workers ─▶ stage("encode") … stage("match")
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar
from typing import Protocol


class Follower(Protocol):
    """Hears of the stages of the requests that it follows, from many threads."""

    def stage(self, name: str) -> AbstractContextManager[object]:
        """Return what is entered when a stage begins and left when it ends."""

    def waited(self, pool: str, seconds: float) -> None:
        """Hear that a call has waited for a thread of a pool, until now."""


_NOTHING = nullcontext()
_follower: ContextVar[Follower | None] = ContextVar("quell_follower", default=None)


@contextmanager
def following(follower: Follower | None) -> Iterator[None]:
    """Let somebody follow what is done in this context."""
    token = _follower.set(follower)
    try:
        yield
    finally:
        _follower.reset(token)


def stage(name: str) -> AbstractContextManager[object]:
    """Return the context of a stage; `name` is one of the few that the source has, never a client's word."""
    follower = _follower.get()
    return _NOTHING if follower is None else follower.stage(name)


def waited(pool: str, seconds: float) -> None:
    """Say how long a call has waited for a thread."""
    follower = _follower.get()
    if follower is not None:
        follower.waited(pool, seconds)
