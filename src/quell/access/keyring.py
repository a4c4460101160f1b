"""The named keys as a process knows them: a snapshot that follows the database within half a second."""

import hmac
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import structlog
from starlette.datastructures import Headers

from quell.access.domain import NamedKey, digest_of
from quell.access.store import KIND, KeyStore
from quell.database.base import Database
from quell.database.watch import ChangeWatch
from quell.errors import AccessDenied, QuellError
from quell.http.auth import KEY_HEADER, Principal, Refusal

REFRESH_SECONDS = 0.5
"""How old the snapshot may get; a key that was taken back is let in no longer than this."""


@dataclass(frozen=True, slots=True)
class _Entry:
    principal: Principal
    until: int | None
    """The microsecond from which the key is no longer valid, None for ever."""


class Keyring:
    """Says whose named key a request carries; `clock` gives microseconds since 1970.

    No request asks the database: a thread does, and requests look into what it last read.
    """

    def __init__(
        self, database: Database, clock: Callable[[], int], seconds: float = REFRESH_SECONDS
    ) -> None:
        self._database = database
        self._store = KeyStore()
        self._clock = clock
        self._seconds = seconds
        self._watch = ChangeWatch(database, KIND)
        self._looking = threading.Lock()
        self._stale = False
        self._entries: Mapping[bytes, _Entry] = {}
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None
        self._log = structlog.get_logger("quell.access")
        self.refresh()

    def start(self) -> None:
        """Begin to follow the database."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="quell-keys", daemon=True)
            self._thread.start()

    def close(self) -> None:
        """Stop following."""
        self._stopped.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def refresh(self) -> None:
        """Read the keys again where any was touched."""
        with self._looking:
            if self._watch.quiet() and not self._stale:
                return
            touched = self._watch.touched()
            # Remembered until the keys were read: a touch is told once, and reading them may fail.
            self._stale = self._stale or touched is None or bool(touched) or not self._entries
            if self._stale:
                with self._database.reading() as tx:
                    keys = self._store.list(tx)
                # One assignment, so that a request sees the keys of before or those of after.
                self._entries, self._stale = _entries(keys), False

    def identify(self, headers: Headers, address: str = "") -> Principal | Refusal:
        """Return whose named key the header holds.

        Looking up a digest takes no longer for a key that begins like a valid one: their digests differ.
        """
        found = self._find(digest_of(headers.get(KEY_HEADER, "")))
        return Refusal(AccessDenied()) if found is None else found

    def accepts(self, headers: Headers, address: str = "") -> bool:
        """Whether the key header holds a named key."""
        return isinstance(self.identify(headers, address), Principal)

    def _find(self, digest: bytes) -> Principal | None:
        entry = self._entries.get(digest)
        if entry is None or not hmac.compare_digest(entry.principal.mark, digest):
            return None
        if entry.until is not None and self._clock() >= entry.until:
            return None
        return entry.principal

    def _run(self) -> None:
        failing = False
        while not self._stopped.wait(self._seconds):
            try:
                self.refresh()
                failing = False
            except QuellError as error:
                # The keys that were read last stay valid; said once, not twice a second.
                if not failing:
                    self._log.warning("the named keys could not be read again", error=error.code)
                failing = True


def _entries(keys: list[NamedKey]) -> dict[bytes, _Entry]:
    found: dict[bytes, _Entry] = {}
    for key in keys:
        roles = frozenset(key.roles)
        if key.previous is not None:
            found[key.previous] = _Entry(
                Principal(key.name, roles, key.rate, key.previous), key.previous_until
            )
        found[key.digest] = _Entry(Principal(key.name, roles, key.rate, key.digest), None)
    return found
