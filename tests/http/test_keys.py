"""The key file and the guard around the development key."""

import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from quell.errors import SettingsRefused
from quell.http.keys import DEVELOPMENT_KEY, check_listen, ensure_keys, new_key, read_keys, split_keys


def test_the_first_run_makes_two_keys(tmp_path: Path) -> None:
    """Two different keys of 32 hexadecimal digits are made and found again."""
    keys = ensure_keys(tmp_path)

    assert len(set(keys)) == 2
    assert all(re.fullmatch(r"[0-9a-f]{32}", key) for key in keys)
    assert ensure_keys(tmp_path) == keys


def test_only_the_owner_may_read_the_keys(tmp_path: Path) -> None:
    """The file has mode 0600 and nothing else is left in the folder."""
    ensure_keys(tmp_path)

    assert (tmp_path / "keys").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["keys"]


def test_processes_that_start_together_agree(tmp_path: Path) -> None:
    """Of many that make keys at once, one wins and all get its keys."""
    with ThreadPoolExecutor(8) as pool:
        made = set(pool.map(ensure_keys, [tmp_path] * 32))

    assert len(made) == 1


def test_a_file_with_own_keys_counts(tmp_path: Path) -> None:
    """Keys that someone wrote into the file are used; comments and blanks are dropped."""
    (tmp_path / "keys").write_text("# mine\n  first \n\nsecond, third\n")

    assert ensure_keys(tmp_path) == ("first", "second", "third")


@pytest.mark.parametrize("content", [b"", b"# nothing\n", b"\xff\xfe"])
def test_a_file_without_keys_is_refused(tmp_path: Path, content: bytes) -> None:
    """An empty or unreadable file stops the start, and never opens the server."""
    (tmp_path / "keys").write_bytes(content)

    with pytest.raises(SettingsRefused, match="key file"):
        read_keys(tmp_path / "keys")


@pytest.mark.parametrize("text", ["a b", "schlüssel", "a\x00"])
def test_keys_that_no_header_can_carry_are_refused(text: str) -> None:
    """A key has printable ASCII characters without blanks."""
    with pytest.raises(SettingsRefused, match="printable ASCII"):
        split_keys(text)


def test_a_setting_may_name_several_keys() -> None:
    """Commas separate keys."""
    assert split_keys("one, two,,") == ("one", "two")


def test_keys_do_not_repeat() -> None:
    """Two keys are never the same."""
    assert new_key() != new_key()


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "::1", "[::1]", "localhost", "LOCALHOST"])
def test_the_development_key_serves_this_machine(host: str) -> None:
    """On loopback the well-known key is fine."""
    check_listen(host, [DEVELOPMENT_KEY])


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "example.org", "", "localhost.example.org"])
def test_the_development_key_serves_nobody_else(host: str) -> None:
    """Anywhere else the server refuses to start with it, also beside a key of one's own."""
    with pytest.raises(SettingsRefused, match="development key"):
        check_listen(host, ["my-own", DEVELOPMENT_KEY])


def test_own_keys_may_listen_anywhere() -> None:
    """With keys of one's own the host is free."""
    check_listen("0.0.0.0", ["my-own"])
