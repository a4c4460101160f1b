"""`./quell` finds its Python, installs when it must, and hands every word on."""

import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

INSTALLER = """
import pathlib, sys
root = pathlib.Path(__file__).parents[1]
group, stamp = sys.argv[1:]
python = root / ".venv/bin/python"
python.parent.mkdir(parents=True, exist_ok=True)
python.write_text('#!/bin/sh\\necho "$PWD"\\nfor word; do echo "<$word>"; done\\n')
python.chmod(0o755)
(root / f".venv/.synced-{group}").write_text(stamp)
print("installed", group, file=sys.stderr)
"""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """Return a checkout with a blank in its path, whose installer makes a Python that prints its words."""
    root = tmp_path / "a checkout"
    (root / "scripts").mkdir(parents=True)
    shutil.copy(ROOT / "quell", root)
    (root / "scripts" / "install.py").write_text(INSTALLER)
    (root / "pyproject.toml").write_text("")
    (root / "uv.lock").write_text("")
    return root


def run(command: Path, *words: str, path: str = os.environ["PATH"]) -> subprocess.CompletedProcess[str]:
    """Run the launcher from another directory, with nothing at its terminal."""
    return subprocess.run(
        [str(command), *words],
        capture_output=True,
        text=True,
        check=False,
        cwd=command.parent.parent,
        env={"PATH": path},
        stdin=subprocess.DEVNULL,
    )


def only(tmp_path: Path, **programs: str) -> str:
    """Return a PATH with the usual tools and these programs, and no other Python."""
    folder = tmp_path / "programs"
    folder.mkdir()
    for tool in ("sh", "dirname", "readlink", "cat", "cksum"):
        (folder / tool).symlink_to(str(shutil.which(tool)))
    for name, script in programs.items():
        (folder / name.replace("_", ".")).write_text(f"#!/bin/sh\n{script}\n")
        (folder / name.replace("_", ".")).chmod(0o755)
    return str(folder)


def test_words_reach_the_command_line_as_they_are(checkout: Path) -> None:
    """Blanks, quotes and empty words are kept; the working directory stays the user's."""
    done = run(checkout / "quell", "incidents", "add", "two words", "", "it's")

    assert done.stdout.splitlines() == [
        str(checkout.parent),
        "<-P>",
        "<-m>",
        "<quell>",
        "<incidents>",
        "<add>",
        "<two words>",
        "<>",
        "<it's>",
    ]


def test_tests_run_in_the_checkout_with_their_group(checkout: Path) -> None:
    """`./quell test` hands its words to pytest."""
    done = run(checkout / "quell", "test", "-m", "nightly")

    assert done.stderr == "installed test\n"
    assert done.stdout.splitlines() == [str(checkout), "<-m>", "<pytest>", "<-m>", "<nightly>"]


def test_a_second_run_installs_nothing(checkout: Path) -> None:
    """Once installed, not even a Python is looked for."""
    run(checkout / "quell")

    assert run(checkout / "quell", path=only(checkout.parent)).stderr == ""


@pytest.mark.parametrize("name", ["uv.lock", "pyproject.toml"])
def test_a_changed_lock_installs_again(checkout: Path, name: str) -> None:
    """What decides about the environment is watched."""
    run(checkout / "quell")
    (checkout / name).write_text("# changed")

    assert run(checkout / "quell").stderr == "installed run\n"


def test_a_moved_checkout_installs_again(checkout: Path) -> None:
    """The environment holds absolute paths, so a move is noticed."""
    run(checkout / "quell")
    moved = checkout.rename(checkout.with_name("moved"))

    assert run(moved / "quell").stderr == "installed run\n"


def test_a_link_to_the_launcher_works(checkout: Path, tmp_path: Path) -> None:
    """A link in a folder of programs leads to the checkout."""
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "quell").symlink_to(Path("..") / checkout.name / "quell")

    assert "<quell>" in run(tmp_path / "bin" / "quell").stdout


def test_an_old_python_is_passed_over(checkout: Path, tmp_path: Path) -> None:
    """The first Python that is new enough is taken, whatever it is called."""
    path = only(tmp_path, python3="exit 1", python3_12=f'exec {shlex.quote(sys.executable)} "$@"')

    assert run(checkout / "quell", path=path).returncode == 0


@pytest.mark.parametrize(
    ("script", "words"),
    [
        ("exit 1", "Python 3.11 or newer is needed"),
        ('case "$2" in *ensurepip*) exit 1;; esac', "venv module"),
    ],
)
def test_what_is_missing_is_one_sentence(checkout: Path, tmp_path: Path, script: str, words: str) -> None:
    """No Python, or one that cannot make environments, is told plainly."""
    done = run(checkout / "quell", path=only(tmp_path, python3=script))

    assert (done.returncode, len(done.stderr.splitlines())) == (1, 1)
    assert words in done.stderr
