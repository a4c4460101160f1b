"""Who is signed in to the browser app: random ids in memory, forgotten at expiry and when the server ends."""

import hmac
import secrets
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256

LIFETIME = 12 * 3600.0
"""Seconds after which a session ends, used or not."""

IDLE = 2 * 3600.0
"""Seconds without a request after which a session ends."""

MAX_SESSIONS = 1_000
"""Sessions at once; the one that was used least recently gives way."""


@dataclass(slots=True)
class Session:
    """One signed-in browser; `csrf` must come with every call, which no other site can read."""

    csrf: str
    born: float
    seen: float

    def admits(self, token: str) -> bool:
        """Whether a token is this session's."""
        return hmac.compare_digest(self.csrf.encode(), token.encode("utf-8", "replace"))


class Sessions:
    """The sessions of one server, by the digest of their id; used from the event loop only."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._sessions: OrderedDict[bytes, Session] = OrderedDict()

    def begin(self, replaced: str = "") -> tuple[str, Session]:
        """Start a session under an id that nobody has seen; end the one that the browser had before."""
        self.end(replaced)
        while len(self._sessions) >= MAX_SESSIONS:
            self._sessions.popitem(last=False)
        now = self._clock()
        identity, session = secrets.token_urlsafe(32), Session(secrets.token_urlsafe(32), now, now)
        self._sessions[_digest(identity)] = session
        return identity, session

    def find(self, identity: str) -> Session | None:
        """Return a session that has not ended; ids that this server did not give are never taken on."""
        session = self._sessions.get(_digest(identity))
        if session is None:
            return None
        now = self._clock()
        if now - session.born > LIFETIME or now - session.seen > IDLE:
            self.end(identity)
            return None
        session.seen = now
        self._sessions.move_to_end(_digest(identity))
        return session

    def end(self, identity: str) -> None:
        """Forget a session."""
        self._sessions.pop(_digest(identity), None)


def _digest(identity: str) -> bytes:
    return sha256(identity.encode("utf-8", "replace")).digest()
