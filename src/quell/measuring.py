"""What of a whole Quell is measured, and who may read it: the composition of the metrics."""

import platform
from collections.abc import Callable, Mapping, Sequence
from typing import Literal

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.routing import Route

from quell import __version__
from quell.database import Database, changes
from quell.errors import RoleRefused, SettingsRefused
from quell.http.auth import KEY_HEADER, Authenticator, Refusal, is_open
from quell.incidents.index import IncidentIndex
from quell.jobs.store import JobStore
from quell.models import WEIGHTS, load_manifest
from quell.observability.figures import Figures, Index, Jobs, Model, Pool, Sources, Stored
from quell.observability.metrics import Metrics
from quell.observability.metrics_page import MetricsPage
from quell.observability.requests import Observer, RequestStep, Tracer
from quell.observability.stages import Follower
from quell.values import Role
from quell.witness import Several, Witness

Reach = Literal["off", "key", "open"]
"""Who may read the metrics: nobody, those with a key, everyone."""


_READERS: frozenset[Role] = frozenset({"read", "manage"})


class Measuring:
    """The metrics of one server; `witness` is who else is told of findings."""

    def __init__(self, witness: Witness, reach: Reach, *, traces: bool = False) -> None:
        self.metrics = Metrics()
        self.tracer = _tracer(self.metrics if reach != "off" else None) if traces else None
        self.witness: Witness = witness if reach == "off" else Several(witness, self.metrics)
        self._reach = reach
        self._figures: Figures | None = None

    @property
    def observers(self) -> list[Observer]:
        """Who counts requests."""
        return [] if self._reach == "off" else [self.metrics]

    @property
    def follower(self) -> Follower | None:
        """Who times the stages of requests."""
        return None if self._reach == "off" else self.metrics

    def watch(self, figures: Figures) -> None:
        """Look these figures up whenever the metrics are read."""
        self._figures = figures
        self.metrics.registry.register(figures)

    def follow(self, step: RequestStep) -> RequestStep:
        """Ask the outermost step for the requests at work; returns it."""
        self.metrics.follow_in_flight(lambda: step.in_flight)
        return step

    def routes(self, authenticator: Authenticator) -> list[Route]:
        """Return the route of the page, or none."""
        if self._reach == "off":
            return []
        admit = _everyone if self._reach == "open" else _Readers(authenticator).admit
        return MetricsPage(self.metrics.registry, admit).routes()

    def close(self) -> None:
        """Look nothing up any more, and send the traces that are left."""
        if self.tracer is not None:
            self.tracer.close()
        if self._figures is not None:
            self._figures.close()


class _Readers:
    """Admits who has a key or a token that may read.

    A scraper may send a key as the protocol does or, as Prometheus does by itself, as a bearer token.
    """

    def __init__(self, authenticator: Authenticator) -> None:
        self._authenticator = authenticator

    def admit(self, request: Request) -> None:
        address = request.client.host if request.client else ""
        found = self._authenticator.identify(_with_key(request.headers), address)
        if isinstance(found, Refusal):
            raise found.error
        if not found.may(_READERS):
            raise RoleRefused(f"Access denied: the metrics need the role 'read'; '{found.name}' lacks it.")


def _everyone(_: Request) -> None:
    """Admit everyone."""


def _with_key(headers: Headers) -> Headers:
    scheme, _, token = headers.get("authorization", "").partition(" ")
    # A key may have dots, too; a signed token has two, and begins as JSON does in base64.
    signed = token.strip().startswith("eyJ") and token.count(".") == 2
    if KEY_HEADER in headers or scheme.lower() != "bearer" or signed:
        return headers
    return Headers({KEY_HEADER: token.strip()})


def _tracer(also: Follower | None) -> Tracer:
    try:
        from quell.observability.tracing import Tracing  # noqa: PLC0415 - an extra, and slow to load
    except ImportError:
        raise SettingsRefused("The setting traces needs the extra 'otel': install 'quell[otel]'.") from None
    return Tracing(__version__, also=also, ignored=is_open)


def figures_of(
    database: Database,
    *,
    pools: Sequence[Pool],
    indexes: Mapping[str, Index],
    decoding: Callable[[], int],
    clock: Callable[[], int],
) -> Figures:
    """Return what is looked up whenever the metrics are read; `clock` gives microseconds since 1970."""
    jobs = JobStore(str)

    def stored() -> Stored:
        with database.reading() as tx:
            now = clock()
            counted = [
                Jobs(one.kind, one.state, one.count, max(0, now - one.oldest) / 1_000_000)
                for one in jobs.census(tx)
            ]
            return Stored(changes.latest(tx), counted)

    return Figures(
        Sources(
            build={
                "version": __version__,
                "python": platform.python_version(),
                "database": database.dialect,
            },
            models=[
                Model(manifest.name, manifest.revision, file.path, file.sha256)
                for path in sorted(WEIGHTS.glob("*/manifest.toml"))
                for manifest in (load_manifest(path.parent),)
                for file in manifest.files
            ],
            pools=pools,
            indexes=indexes,
            memories={name: one.held for name, one in indexes.items() if isinstance(one, IncidentIndex)},
            stored=stored,
            decoding=decoding,
        )
    )
