"""The door: every way in, one after the other, and the lock for those who try too many wrong keys."""

import math
from collections.abc import Sequence

from starlette.datastructures import Headers

from quell.access.lockout import Lockout
from quell.errors import AccessDenied, RateExceeded
from quell.http.auth import KEY_HEADER, Authenticator, Principal, Refusal


class Door:
    """Lets in whom one of several authenticators knows; a request may carry a key, a token, or both."""

    def __init__(self, ways: Sequence[Authenticator], lockout: Lockout | None = None) -> None:
        self._ways = ways
        self._lockout = lockout

    def identify(self, headers: Headers, address: str = "") -> Principal | Refusal:
        """Return who asks, or the refusal that says most."""
        if self._lockout is not None and address:
            wait = self._lockout.wait(address)
            if wait > 0:
                return Refusal(_locked(wait))
        refusal: Refusal | None = None
        for way in self._ways:
            found = way.identify(headers, address)
            if isinstance(found, Principal):
                return found
            if refusal is None or refusal.error.status == AccessDenied.status:
                refusal = found
        refusal = refusal or Refusal(AccessDenied())
        tried = KEY_HEADER in headers or "authorization" in headers
        if self._lockout is not None and address and tried and refusal.error.status == AccessDenied.status:
            self._lockout.failed(address)
        return refusal

    def accepts(self, headers: Headers, address: str = "") -> bool:
        """Whether the request comes from someone who may ask."""
        return isinstance(self.identify(headers, address), Principal)


def _locked(wait: float) -> RateExceeded:
    seconds = math.ceil(wait)
    return RateExceeded(
        f"Too many wrong keys came from this address. Please retry after {seconds} seconds.",
        retry_after=seconds,
        reason="lockout",
    )
