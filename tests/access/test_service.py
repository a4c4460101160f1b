"""Named keys: made, listed, rotated, removed."""

import pytest

from quell.access.service import KeyService
from quell.database.base import Database
from quell.errors import InvalidRequestBody, InvalidResourceName, ResourceNotFound

GIVEN = "b1946ac92492d2347c6235b4d2611184"


def test_a_key_is_made_and_listed_without_itself(keys: KeyService) -> None:
    """A made key has 128 bits; what is listed tells its name, roles and rate."""
    secret = keys.add("frontend", ["analyze"], "10/s")

    (named,) = keys.list()
    assert (len(secret), int(secret, 16) > 0) == (32, True)
    assert (named.name, named.roles, named.rate) == ("frontend", ("analyze",), "10/s")
    assert secret not in repr(named)


def test_the_database_never_holds_a_key(keys: KeyService, database: Database) -> None:
    """Only digests are stored."""
    secret = keys.add("frontend", ["read", "analyze"])

    with database.reading() as tx:
        rows = tx.fetch_all("select * from access_key")
    assert secret not in repr(rows)
    assert secret.encode() not in b"".join(bytes(row["digest"]) for row in rows)


@pytest.mark.parametrize(
    "name", ["", "1", "9lives", "a b", "a/b", "a\nb", "é", "x" * 65, "key1", "Key2", "anyone", "cli", "token"]
)
def test_names_that_mean_something_else_or_break_a_log_are_refused(keys: KeyService, name: str) -> None:
    """A name is plain, and nobody else's."""
    with pytest.raises(InvalidResourceName):
        keys.add(name, ["read"])


@pytest.mark.parametrize("roles", [[], ["admin"], ["read", "Manage"]])
def test_unknown_roles_are_refused(keys: KeyService, roles: list[str]) -> None:
    """There are three roles."""
    with pytest.raises(InvalidRequestBody, match="analyze, read, manage"):
        keys.add("desk", roles)


@pytest.mark.parametrize("rate", ["0/s", "10", "10/m", "-1/s", "10/0s", "S1", "10/s\n", "99999999/s"])
def test_rates_that_are_none_are_refused(keys: KeyService, rate: str) -> None:
    """A rate is a count in seconds, or a tier."""
    with pytest.raises(InvalidRequestBody, match="1000/10s"):
        keys.add("desk", ["read"], rate)


@pytest.mark.parametrize("key", ["short", "a" * 64, GIVEN + " x", GIVEN + "é", GIVEN * 20, "abcdefg" * 6])
def test_keys_that_can_be_guessed_or_not_be_sent_are_refused(keys: KeyService, key: str) -> None:
    """A key that is brought along is long, random and printable; the refusal does not repeat it."""
    with pytest.raises(InvalidRequestBody) as refused:
        keys.add("desk", ["read"], key=key)

    assert key not in refused.value.message


def test_a_name_and_a_key_are_given_once(keys: KeyService) -> None:
    """Two holders of one key could not be told apart, nor two keys of one name."""
    keys.add("desk", ["read"], key=GIVEN)

    with pytest.raises(InvalidRequestBody, match="'desk' already"):
        keys.add("desk", ["read"])
    with pytest.raises(InvalidRequestBody, match="in use"):
        keys.add("other", ["manage"], key=GIVEN)
    with pytest.raises(InvalidRequestBody, match="in use"):
        keys.rotate("desk", key=GIVEN)


def test_a_removed_key_is_gone_and_an_unknown_one_is_said(keys: KeyService) -> None:
    """Nothing is left of it; removing it again is refused."""
    keys.add("desk", ["read"])
    keys.remove("desk")

    assert list(keys.list()) == []
    with pytest.raises(ResourceNotFound):
        keys.remove("desk")
    with pytest.raises(ResourceNotFound):
        keys.rotate("desk")


def test_there_is_a_most(keys: KeyService, monkeypatch: pytest.MonkeyPatch) -> None:
    """The snapshot that every process holds is bounded."""
    monkeypatch.setattr("quell.access.service.MOST_KEYS", 2)
    keys.add("a", ["read"])
    keys.add("b", ["read"])

    with pytest.raises(InvalidRequestBody, match="limit of 2"):
        keys.add("c", ["read"])
