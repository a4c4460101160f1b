"""The rules for named keys: make, list, replace, take back."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from quell.access.domain import (
    MOST_KEYS,
    NamedKey,
    checked_key,
    checked_name,
    checked_roles,
    digest_of,
    new_key,
)
from quell.access.store import KeyStore
from quell.database.base import Database, Transaction
from quell.errors import InvalidRequestBody, ResourceNotFound
from quell.http.rates import TIERS, read_rate


class KeyService:
    """Works on the named keys of a database; `clock` gives microseconds since 1970."""

    def __init__(self, database: Database, store: KeyStore, clock: Callable[[], int]) -> None:
        self._database = database
        self._store = store
        self._clock = clock

    def list(self) -> Sequence[NamedKey]:
        """Return all named keys."""
        with self._database.reading() as tx:
            return self._store.list(tx)

    def add(self, name: str, roles: Iterable[str], rate: str = "", key: str | None = None) -> str:
        """Make a key with a name nobody has yet; return it, which nobody can do later."""
        secret = new_key() if key is None else checked_key(key)
        now = self._clock()
        named = NamedKey(
            name=checked_name(name),
            digest=digest_of(secret),
            roles=checked_roles(roles),
            rate=_checked_rate(rate),
            previous=None,
            previous_until=0,
            created=now,
            updated=now,
        )
        with self._database.transaction() as tx:
            if self._store.get(tx, name) is not None:
                raise InvalidRequestBody(
                    f"There is a key '{name}' already; rotate or remove it.", target="name"
                )
            if self._store.count(tx) >= MOST_KEYS:
                raise InvalidRequestBody(f"The limit of {MOST_KEYS} named keys is reached; remove one first.")
            self._check_fresh(tx, named.digest)
            self._store.add(tx, named)
        return secret

    def rotate(self, name: str, grace: float = 0.0, key: str | None = None) -> str:
        """Give a name another key and return it; the one before stays valid for `grace` seconds."""
        secret = new_key() if key is None else checked_key(key)
        with self._database.transaction() as tx:
            named = self._store.get(tx, name)
            if named is None:
                raise _unknown(name)
            self._check_fresh(tx, digest_of(secret))
            now = self._clock()
            rotated = replace(
                named,
                digest=digest_of(secret),
                previous=named.digest if grace > 0 else None,
                previous_until=now + round(grace * 1_000_000) if grace > 0 else 0,
                updated=now,
            )
            self._store.replace_digest(tx, rotated)
        return secret

    def remove(self, name: str) -> None:
        """Take a key back."""
        with self._database.transaction() as tx:
            if not self._store.remove(tx, name):
                raise _unknown(name)

    def _check_fresh(self, tx: Transaction, digest: bytes) -> None:
        # Two names for one key would leave it open who asked, and what they may.
        if any(digest in {one.digest, one.previous} for one in self._store.list(tx)):
            raise InvalidRequestBody("This key is in use, under this name or another.", target="key")


def _checked_rate(rate: str) -> str:
    if rate and read_rate(rate) is None:
        tiers = " and ".join(TIERS)
        raise InvalidRequestBody(
            f"A rate is written as 10/s or 1000/10s, or is one of the tiers {tiers}.", target="rate"
        )
    return rate


def _unknown(name: str) -> ResourceNotFound:
    return ResourceNotFound(f"There is no key '{name}'.", target="name")
