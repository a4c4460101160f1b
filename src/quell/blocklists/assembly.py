"""How the parts of the feature fit together; called by the composition root and by nothing else."""

from collections.abc import Callable
from dataclasses import dataclass

from fastapi import APIRouter

from quell.blocklists.allow_endpoints import AllowlistEndpoints
from quell.blocklists.domain import Kind, Limits
from quell.blocklists.endpoints import BlocklistEndpoints
from quell.blocklists.index import ListIndex
from quell.blocklists.matcher import ListTest
from quell.blocklists.own_endpoints import OwnListEndpoints
from quell.blocklists.service import ListService
from quell.blocklists.store import ListStore
from quell.blocklists.transfer import Transfer
from quell.blocklists.wording import ALLOWLIST, BLOCKLIST
from quell.database.base import Database
from quell.http.names import NamePattern
from quell.workers import Workers


@dataclass(frozen=True, slots=True)
class Lists:
    """Everything that can be done with the lists of one kind, without HTTP."""

    kind: Kind
    service: ListService
    transfer: Transfer
    index: ListIndex


def assemble(
    database: Database,
    kind: Kind,
    *,
    new_id: Callable[[], str],
    clock: Callable[[], int],
    limits: Limits | None = None,
) -> Lists:
    """Return the lists of one kind over a database; `clock` gives microseconds since 1970."""
    store, limits = ListStore(kind, new_id), limits or Limits()
    wording = BLOCKLIST if kind == "block" else ALLOWLIST
    return Lists(
        kind=kind,
        service=ListService(database, store, wording, limits, clock),
        transfer=Transfer(database, store, wording, limits, clock),
        index=ListIndex(database, store, wording),
    )


def routers(blocklists: Lists, allowlists: Lists, workers: Workers, name_length: int) -> list[APIRouter]:
    """Return the routes of both kinds; no word is reserved, for no route stands in the place of a name."""
    names = NamePattern(name_length, reserved=frozenset())
    own = [
        OwnListEndpoints(
            kind=lists.kind,
            test=ListTest(lists.index),
            transfer=lists.transfer,
            workers=workers,
            names=names,
        ).router()
        for lists in (blocklists, allowlists)
    ]
    return [
        # First, so that no verb is taken for a part of a name.
        *own,
        BlocklistEndpoints(service=blocklists.service, names=names).router(),
        AllowlistEndpoints(service=allowlists.service, names=names).router(),
    ]
