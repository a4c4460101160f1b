"""Who works at the command line, for the audit log."""

import getpass
import os
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any
from uuid import uuid4

READING = frozenset(
    {
        *("list", "show", "samples", "explain", "preview", "export", "check", "evaluate", "doctor"),
        *("test", "compare", "review", "audit", "serve", "work", "migrate"),
    }
)
"""Commands that change nothing that the log is for; a new command is logged until it stands here."""


@contextmanager
def acting_here() -> Iterator[None]:
    """Let what the present command changes be logged as done by the account that runs it."""
    from quell.audit.acting import acting
    from quell.audit.domain import Act, plain_actor, plain_resource

    context = _context()
    if context is None or (context.info_name or "") in READING:
        yield
        return
    group = context.parent.info_name if context.parent and context.parent.parent else ""
    named = [part for part in (group, _named(context)) if part]
    act = Act(
        actor=plain_actor(f"cli:{_account()}"),
        operation=plain_actor(context.command_path.replace(" ", ".")),
        resource=plain_resource("/".join(named)),
        request_id=str(uuid4()),
    )
    with acting(act):
        yield


def _context() -> Any:  # noqa: ANN401 - click's class or typer's own, by its release
    try:
        found = import_module("typer._click.globals")
    except ImportError:
        found = import_module("click")
    return found.get_current_context(silent=True)


def _named(context: Any) -> str:  # noqa: ANN401 - see above
    found = next((context.params[name] for name in ("name", "key") if context.params.get(name)), "")
    return found if isinstance(found, str) else ""


def _account() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # an account without a name, as in some containers
        return str(os.getuid()) if hasattr(os, "getuid") else "unknown"
