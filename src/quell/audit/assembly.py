"""How the audit log stands in the server; called by the composition root and the command line."""

from collections.abc import Callable
from dataclasses import dataclass

from fastapi import APIRouter
from starlette.types import ASGIApp

from quell.audit.endpoints import AuditEndpoints
from quell.audit.service import AuditLog
from quell.audit.steps import AuditStep
from quell.audit.trail import AuditedDatabase
from quell.database.base import Database
from quell.http.operations import OperationTable


@dataclass(frozen=True, slots=True)
class Audit:
    """The log, and the database through which changes are written into it."""

    database: AuditedDatabase
    log: AuditLog

    @classmethod
    def around(cls, database: Database, clock: Callable[[], int], days: int) -> "Audit":
        """Put the log around a database; entries are kept for so many days, 0 for ever."""
        audited = AuditedDatabase(database, clock, days)
        return cls(audited, AuditLog(audited, clock))

    def step(self, table: OperationTable) -> Callable[[ASGIApp], ASGIApp]:
        """Return the step of the edge."""
        return lambda inner: AuditStep(inner, table, self.log)

    def routers(self) -> list[APIRouter]:
        """Return the routes."""
        return [AuditEndpoints(self.log).router()]
