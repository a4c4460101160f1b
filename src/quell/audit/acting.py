"""Which change the present task or thread is working on; found by whoever writes the log."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from quell.audit.domain import Act, plain_resource

_acting: ContextVar[Act | None] = ContextVar("quell_acting", default=None)


@contextmanager
def acting(act: Act) -> Iterator[Act]:
    """Let what is done inside the block count as this change."""
    token = _acting.set(act)
    try:
        yield act
    finally:
        _acting.reset(token)


def present_act() -> Act | None:
    """Return the change that is being made, None outside any."""
    return _acting.get()


def name_resource(resource: str) -> None:
    """Say what is changed where the path of the request does not name it; call it before the transaction."""
    act = _acting.get()
    if act is not None:
        act.resource = plain_resource(resource)
