"""How access stands in the server; called by the composition root, the edge and the command line."""

from collections.abc import Callable

from quell.access.door import Door
from quell.access.keyring import Keyring
from quell.access.lockout import Lockout
from quell.access.service import KeyService
from quell.access.signing_keys import SigningKeys
from quell.access.store import KeyStore
from quell.access.tokens import BearerTokens, TokenPolicy
from quell.database.base import Database
from quell.http.auth import Authenticator, SubscriptionKeys


def assemble_keys(database: Database, clock: Callable[[], int]) -> KeyService:
    """Return what makes and takes back named keys."""
    return KeyService(database, KeyStore(), clock)


def assemble_door(
    keys: tuple[str, ...],
    keyring: Keyring,
    *,
    lockout_failures: int,
    lockout_seconds: float,
    tokens: TokenPolicy | None = None,
    token_keys: str = "",
) -> Door:
    """Return who decides over requests: the plain keys first, then the named ones, then tokens."""
    lockout = Lockout(lockout_failures, lockout_seconds) if lockout_failures else None
    ways: list[Authenticator] = [SubscriptionKeys(keys), keyring]
    if tokens is not None:
        signing = SigningKeys(token_keys)
        signing.renew()
        ways.append(BearerTokens(tokens, signing))
    return Door(ways, lockout)
