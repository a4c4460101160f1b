"""`quell keys add`, `list`, `remove`, `rotate NAME`."""

import pytest

from tests.cli.conftest import CommandLine

GIVEN = "b1946ac92492d2347c6235b4d2611184"


def test_a_key_is_printed_once_and_listed_without_itself(line: CommandLine) -> None:
    """`add` prints the key alone, so that a script can take it; `list` never does."""
    key = line.out("keys", "add", "frontend", "--role", "analyze", "--rate", "10/s").strip()

    (row,) = line.rows("keys", "list", "--json")
    table = line.out("keys", "list")
    assert len(key) == 32
    assert (row["name"], row["roles"], row["rate"]) == ("frontend", ["analyze"], "10/s")
    assert table.split("\t")[:3] == ["frontend", "analyze", "10/s"]
    assert key not in table + str(row)


def test_a_key_opens_as_little_as_it_can_unless_more_is_said(line: CommandLine) -> None:
    """Without --role a key only analyses; roles add up."""
    line.out("keys", "add", "one")
    line.out("keys", "add", "two", "--role", "manage", "--role", "read")

    assert [row["roles"] for row in line.rows("keys", "list", "--json")] == [["analyze"], ["read", "manage"]]


def test_a_key_from_a_secret_store_is_taken_and_not_printed(line: CommandLine) -> None:
    """With --from the key is only known where it was made."""
    result = line.run("keys", "add", "frontend", "--from", "-", stdin=f"{GIVEN}\n")

    assert result.exit_code == 0
    assert GIVEN not in result.output


def test_rotation_prints_another_key_and_says_how_long_the_old_one_lasts(line: CommandLine) -> None:
    """The name and the roles stay."""
    first = line.out("keys", "add", "frontend", "--role", "read").strip()
    result = line.run("keys", "rotate", "frontend", "--grace", "3600")

    (row,) = line.rows("keys", "list", "--json")
    assert result.stdout.strip() not in {"", first}
    assert "3600 seconds" in result.stderr
    assert (row["roles"], "previousUntil" in row) == (["read"], True)


def test_a_removed_key_is_no_longer_listed(line: CommandLine) -> None:
    """And removing it again says that there is none."""
    line.out("keys", "add", "frontend")
    line.out("keys", "remove", "frontend")

    assert line.rows("keys", "list", "--json") == []
    assert line.run("keys", "remove", "frontend").exit_code == 1


@pytest.mark.parametrize(
    "words",
    [
        ("add", "key1"),
        ("add", "desk", "--role", "root"),
        ("add", "desk", "--rate", "often"),
        ("rotate", "nobody"),
        ("rotate", "1", "--grace", "5"),
    ],
)
def test_refusals_are_one_sentence(line: CommandLine, words: tuple[str, ...]) -> None:
    """What cannot be done is said, and nothing is kept."""
    result = line.run("keys", *words)

    assert (result.exit_code in {1, 2}, "Traceback" in result.output) == (True, False)
    assert line.rows("keys", "list", "--json") == []
