"""What an operator says of a model is looked at when the server starts."""

from pathlib import Path

import pytest

from quell.chat import read_key
from quell.errors import SettingsRefused


def test_the_key_file_must_have_a_key(tmp_path: Path) -> None:
    """At start, in words that do not repeat it."""
    (tmp_path / "empty").write_text("\n")
    (tmp_path / "two").write_text("one\ntwo\n")

    for name in ("absent", "empty", "two"):
        with pytest.raises(SettingsRefused, match="key file") as error:
            read_key(tmp_path / name)
        assert "one" not in error.value.message.replace("one key", "")
