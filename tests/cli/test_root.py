"""What every command has in common: help, exit codes, one sentence for a refusal."""

import subprocess
import sys
from pathlib import Path

import pytest

from quell import __version__
from tests.cli.conftest import CommandLine


def test_without_words_the_help_is_shown(line: CommandLine) -> None:
    """No arguments are no error."""
    assert line.out() == line.out("--help")


@pytest.mark.parametrize("words", [("version",), ("--version",)])
def test_the_version_is_the_packages(line: CommandLine, words: tuple[str, ...]) -> None:
    """Both spellings print it."""
    assert line.out(*words) == f"quell {__version__}\n"


@pytest.mark.parametrize(
    "words", [("nothing",), ("incidents", "nothing"), ("serve", "--nothing"), ("check", "extra")]
)
def test_unknown_words_are_wrong_usage(line: CommandLine, words: tuple[str, ...]) -> None:
    """What does not exist exits with 2."""
    assert line.run(*words).exit_code == 2


def test_a_bad_setting_is_one_sentence_and_exit_code_2(
    line: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A wrong variable stops any command before it does anything."""
    monkeypatch.setenv("QUELL_PORT", "many")

    result = line.run("incidents", "list")

    assert (result.exit_code, result.stdout, len(result.stderr.splitlines())) == (2, "", 1)
    assert result.stderr.startswith("quell: The variable QUELL_PORT is refused")


def test_a_data_folder_that_is_a_file_is_one_sentence(line: CommandLine) -> None:
    """An unusable data folder is told without a traceback."""
    line.folder.write_text("not a folder")

    result = line.run("incidents", "list")

    assert (result.exit_code, len(result.stderr.splitlines())) == (2, 1)
    assert str(line.folder) in result.stderr


def test_the_help_loads_nothing_heavy() -> None:
    """`quell --help` answers without the server, the encoders and the settings."""
    program = (
        "import sys\nfrom quell.cli import app\n"
        "try: app(['--help'])\nexcept SystemExit: pass\n"
        "heavy = {'fastapi', 'numpy', 'onnxruntime', 'pydantic', 'uvicorn'}\n"
        "print(sorted(heavy & sys.modules.keys()), file=sys.stderr)"
    )

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert done.stderr.strip() == "[]"


def test_the_module_is_the_command(tmp_path: Path) -> None:
    """`python -m quell` is `quell`."""
    done = subprocess.run(
        [sys.executable, "-m", "quell", "version"], capture_output=True, text=True, check=True, cwd=tmp_path
    )

    assert done.stdout == f"quell {__version__}\n"
