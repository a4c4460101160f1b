"""How the parts of the feature fit together; called by the composition roots and by nothing else."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from fastapi import APIRouter

from quell.analyze.image_assembly import mapped_incidents
from quell.blobs.stores import StoreTable
from quell.copies import CopyReader
from quell.database import Database
from quell.jobs.store import JobStore
from quell.sweep.domain import Place, Question
from quell.sweep.endpoints import SweepEndpoints
from quell.sweep.places import below, is_remote, open_place
from quell.sweep.service import SweepService
from quell.sweep.snapshot import Version, take_snapshot
from quell.sweep.store import SweepStore


@dataclass(frozen=True, slots=True)
class Taking:
    """Copies what a question asks; `mapped` are entries such as `name=Category:severity`."""

    database: Database
    mapped: Iterable[str] = ()

    def take(self, question: Question, path: Path, *, images: bool) -> tuple[Version, ...]:
        """Copy it for rows that are pictures or texts; raises ResourceNotFound."""
        mapped = tuple(mapped_incidents(self.mapped)) if images else ()
        copies = images and (question.image_incidents or mapped)
        reading = CopyReader.shipped().reading if copies else ""
        return take_snapshot(self.database, path, question, mapped=mapped, picture_reading=reading)


@dataclass(frozen=True, slots=True)
class Allowed:
    """Opens what callers may name as a source: what lies below the folder, or in the stores."""

    stores: StoreTable
    folder: Path | None

    @classmethod
    def of(cls, mode: str, stores: StoreTable, folder: Path | None) -> Self:
        """Return what the settings of blobs allow; nothing where the mode is `off`."""
        return cls({}, None) if mode == "off" else cls(stores, folder)

    def open(self, source: str) -> Place:
        """Open a source; raises InvalidRequestBody."""
        if is_remote(source):
            return open_place(source, self.stores)
        return open_place(below(source, self.folder), {}, self.folder)


def assemble(
    database: Database,
    mapped: Iterable[str],
    allowed: Allowed,
    *,
    new_id: Callable[[], str],
    clock: Callable[[], int],
) -> SweepService:
    """Return the sweeps of a database; `mapped` as in `Taking`, `clock` gives microseconds since 1970."""
    return SweepService(
        database,
        SweepStore(),
        JobStore(new_id),
        take=Taking(database, mapped).take,
        open_source=allowed.open,
        new_id=new_id,
        clock=clock,
    )


def routers(service: SweepService) -> list[APIRouter]:
    """Return the routes of sweeps."""
    return [SweepEndpoints(service).router()]
