"""Who is signed in to the browser app, on every server over one database.

A session may do what its key may do: the key goes with each call of a page. It lies in the database sealed
under the id that only the browser has; the database has the digest of that id, so nobody who reads it can
become a session or learn a key.

    id in the cookie ─┬─ sha256 ─▶ its row
                      ├─ hmac ───▶ what opens the key
                      └─ hmac ───▶ the token of the pages
"""

import hmac
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256

from cryptography.fernet import Fernet, InvalidToken

from quell.database.base import Database
from quell.database.queries import load

_SECOND = 1_000_000

LIFETIME = 12 * 3600 * _SECOND
"""Microseconds after which a session ends, used or not."""

IDLE = 2 * 3600 * _SECOND
"""Microseconds without a request after which a session ends."""

NOTED = 60 * _SECOND
"""Microseconds between two notes in the database that a session is used."""

MAX_SESSIONS = 1_000
"""Sessions at once; those that were used least recently give way."""

_LONGEST = 100
_QUERIES = load("quell.studio")


@dataclass(frozen=True, slots=True)
class Session:
    """One browser; `key` is what it signed in with, empty where the server asks for none.

    `csrf` must come with every call, and no other site can read it.
    """

    key: str = field(repr=False)
    csrf: str = field(repr=False)

    @classmethod
    def of(cls, identity: str, key: str = "") -> "Session":
        """Return the session of an id."""
        return cls(key, _derived(identity, b"token of the pages").hex())

    def admits(self, token: str) -> bool:
        """Whether a token is this session's."""
        return hmac.compare_digest(self.csrf.encode(), token.encode("utf-8", "replace"))


class Sessions:
    """The sessions over a database, which is waited for; `clock` gives microseconds since 1970."""

    def __init__(self, database: Database, clock: Callable[[], int]) -> None:
        self._database = database
        self._clock = clock

    def begin(self, key: str, replaced: str = "") -> str:
        """Start a session under an id that nobody has seen; end the one that the browser had before."""
        identity, now = fresh(), self._clock()
        row = {
            "digest": _digest(identity),
            "sealed": _seal(identity).encrypt(key.encode()).decode(),
            "now": now,
        }
        with self._database.transaction() as tx:
            tx.execute(_QUERIES["end-session"], {"digest": _digest(replaced)})
            tx.execute(_QUERIES["end-old-sessions"], {"born": now - LIFETIME, "seen": now - IDLE})
            tx.execute(_QUERIES["end-idle-sessions"], {"kept": MAX_SESSIONS - 1})
            tx.execute(_QUERIES["add-session"], row)
        return identity

    def find(self, identity: str) -> Session | None:
        """Return a session that has not ended; ids that no server gave are never taken on."""
        if not 0 < len(identity) <= _LONGEST:
            return None
        digest, now = _digest(identity), self._clock()
        with self._database.reading() as tx:
            row = tx.fetch_one(_QUERIES["find-session"], {"digest": digest})
        if row is None or now - int(row["born"]) > LIFETIME or now - int(row["seen"]) > IDLE:
            return None
        try:
            key = _seal(identity).decrypt(str(row["sealed"])).decode()
        except InvalidToken:  # a row that somebody wrote by hand
            return None
        if now - int(row["seen"]) > NOTED:
            with self._database.transaction() as tx:
                tx.execute(_QUERIES["touch-session"], {"digest": digest, "now": now})
        return Session.of(identity, key)

    def end(self, identity: str) -> None:
        """Forget a session, on every server at once."""
        with self._database.transaction() as tx:
            tx.execute(_QUERIES["end-session"], {"digest": _digest(identity)})


def fresh() -> str:
    """Return an id that nobody can guess."""
    return secrets.token_urlsafe(32)


def _digest(identity: str) -> str:
    return sha256(identity.encode("utf-8", "replace")).hexdigest()


def _seal(identity: str) -> Fernet:
    return Fernet(urlsafe_b64encode(_derived(identity, b"seal of the key")))


def _derived(identity: str, purpose: bytes) -> bytes:
    # The id is 256 random bits, so one HMAC is a key derivation.
    return hmac.digest(identity.encode("utf-8", "replace"), purpose, "sha256")
