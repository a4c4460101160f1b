"""`quell doctor`: what is well, what is not, and nothing is touched."""

import json
import shutil
import socket
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from quell.cli import examination
from quell.cli.examination import models, processor
from quell.errors import ModelUnusable
from quell.models import WEIGHTS
from quell.settings import load_settings
from tests.acceptance.live_server import free_port
from tests.cli.conftest import CommandLine
from tests.reviewers.llm_server import Answer, complains, decides, running_llm, says

Maker = Callable[..., CommandLine]


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take a free port, and do not hash the shipped models in every test."""
    monkeypatch.setenv("QUELL_PORT", str(free_port()))
    monkeypatch.setattr(
        examination, "models", lambda _: examination.Finding("models", "ok", "Not looked at.")
    )


def findings(line: CommandLine, *words: str) -> dict[str, Any]:
    """Return what the doctor found, by name."""
    result = line.run("doctor", "--json", *words)
    row = json.loads(result.stdout)
    assert result.exit_code == (0 if row["healthy"] else 1)
    return {one["name"]: one for one in row["checks"]}


def states(line: CommandLine) -> dict[str, str]:
    """Return the states by name."""
    return {name: one["state"] for name, one in findings(line).items()}


def test_a_fresh_machine_is_healthy_and_stays_untouched(line: CommandLine) -> None:
    """Before the first start nothing is bad, and looking makes nothing."""
    assert "bad" not in states(line).values()
    assert not line.folder.exists()


def test_a_used_data_folder_is_healthy(with_incident: Maker) -> None:
    """Database and keys are found sound."""
    line = with_incident("cards", "cheap gift cards here")
    line.out("keys", "show")

    found = findings(line)

    assert (found["database"]["state"], found["keys"]["state"]) == ("ok", "ok")
    assert "schema version" in found["database"]["sentence"]


def test_the_table_has_a_line_for_each_check(line: CommandLine) -> None:
    """People get one line for each check, with its state first."""
    names = list(findings(line))

    rows = line.out("doctor").splitlines()

    assert [row.split()[0] in {"ok", "warning"} for row in rows] == [True] * len(names)
    assert all(name in row for name, row in zip(names, rows, strict=True))


def test_a_damaged_database_is_bad(with_incident: Maker) -> None:
    """A file that is no database is told, and the exit code is 1."""
    line = with_incident("cards")
    (line.folder / "quell.db").write_bytes(b"not a database at all" * 100)

    assert states(line)["database"] == "bad"


def test_incidents_that_do_not_fit_into_memory_are_told(
    with_incident: Maker, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All fit at first; with three million bytes read of a sample and one megabyte allowed, not all do."""
    line = with_incident("cards", "cheap gift cards here")
    before = findings(line)["incidents"]
    with sqlite3.connect(line.folder / "quell.db") as connection:
        connection.execute("update incident_vector set vector = zeroblob(3000000)")
    connection.close()
    monkeypatch.setenv("QUELL_INCIDENT_MEMORY", "1")

    after = findings(line)["incidents"]

    assert (before["state"], "All fit into the 1,000 MB" in before["sentence"]) == ("ok", True)
    assert (after["state"], "text incidents about" in after["sentence"]) == ("warning", True)


def test_a_newer_database_is_bad(with_incident: Maker) -> None:
    """A schema that this version does not know is told."""
    line = with_incident("cards")
    with sqlite3.connect(line.folder / "quell.db") as connection:
        connection.execute("insert into schema_version (version, name, applied) values (9999, 'later', 0)")
    connection.close()

    assert "9999" in findings(line)["database"]["sentence"]


def test_a_newer_database_that_was_only_added_to_is_healthy(with_incident: Maker) -> None:
    """An older version goes on beside a newer one, and the doctor says so."""
    line = with_incident("cards")
    with sqlite3.connect(line.folder / "quell.db") as connection:
        row = "insert into schema_version (version, name, applied) values (9999, '9999_later.sql', 0)"
        connection.execute(row)
    connection.close()

    found = findings(line)["database"]

    assert (found["state"], "the rest only adds" in found["sentence"]) == ("ok", True)


def test_a_port_of_somebody_else_is_bad(line: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    """A taken port is bad unless a Quell answers there."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        monkeypatch.setenv("QUELL_PORT", str(taken.getsockname()[1]))
        monkeypatch.setattr(examination, "_product_at", lambda _: None)
        bad = states(line)["port"]
        monkeypatch.setattr(examination, "_product_at", lambda _: "Quell 1.0")
        good = states(line)["port"]

    assert (bad, good) == ("bad", "ok")


def test_keys_that_others_may_read_are_a_warning(line: CommandLine) -> None:
    """An open key file is told with the remedy."""
    line.out("keys", "show")
    (line.folder / "keys").chmod(0o644)

    found = findings(line)["keys"]

    assert (found["state"], "chmod 600" in found["sentence"]) == ("warning", True)


def test_a_key_file_that_is_missing_is_bad(line: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    """A named key file must be there."""
    monkeypatch.setenv("QUELL_KEYS_FILE", "absent")

    assert states(line)["keys"] == "bad"


@pytest.mark.parametrize(
    ("variables", "state"),
    [
        ({}, "ok"),
        ({"HOST": "0.0.0.0"}, "warning"),
        ({"HOST": "0.0.0.0", "NO_AUTH": "1", "TLS": "1"}, "warning"),
        ({"HOST": "0.0.0.0", "TLS": "1"}, "ok"),
        ({"HOST": "0.0.0.0", "DEVELOPMENT": "1"}, "bad"),
    ],
)
def test_listening_beyond_this_machine_is_judged(
    line: CommandLine, monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], state: str
) -> None:
    """Without TLS or without keys is a warning, with the well-known key it is bad."""
    for name, value in variables.items():
        monkeypatch.setenv(f"QUELL_{name}", value)

    assert states(line)["listening"] == state


def test_a_changed_model_file_is_bad(tmp_path: Path) -> None:
    """A weight file with one byte more is refused by its name."""
    first = WEIGHTS / "gte-small"
    shutil.copytree(first, tmp_path / first.name)
    with (tmp_path / first.name / "tokenizer.json").open("ab") as file:
        file.write(b" ")

    with pytest.raises(ModelUnusable, match=r"tokenizer\.json"):
        models(load_settings(), tmp_path)


def test_no_models_at_all_are_bad(tmp_path: Path) -> None:
    """An empty folder of models is told."""
    assert models(load_settings(), tmp_path).state == "bad"


@pytest.mark.parametrize(("flags", "state"), [("fpu avx512_vnni", "ok"), ("fpu sse2", "warning")])
def test_a_processor_without_fast_int8_is_a_warning(tmp_path: Path, flags: str, state: str) -> None:
    """The instructions for int8 are looked for."""
    (tmp_path / "cpuinfo").write_text(f"flags : {flags}\n")

    assert processor(load_settings(), tmp_path / "cpuinfo").state == state


@pytest.mark.parametrize(
    ("answer", "state", "words"),
    [
        (decides("Greeting"), "ok", "tiny reviewed a text"),
        (says("Good morning."), "warning", "none of the labels"),
        (complains(401, "no"), "bad", "refuses the key"),
    ],
)
def test_the_language_model_is_asked(
    line: CommandLine, monkeypatch: pytest.MonkeyPatch, answer: Answer, state: str, words: str
) -> None:
    """A model that does not answer shows, also where the embedded engine would stand in."""
    with running_llm() as server:
        server.follow(answer)
        monkeypatch.setenv("QUELL_LLM_URL", f"{server.url}/v1")
        monkeypatch.setenv("QUELL_LLM_MODEL", "tiny")
        monkeypatch.setenv("QUELL_LLM_FALLBACK", "true")
        found = findings(line)["language model"]

    assert (found["state"], words in found["sentence"]) == (state, True)


def test_a_child_process_decodes_a_picture(line: CommandLine) -> None:
    """The process that pictures are decoded in is really started."""
    found = findings(line)["pictures"]

    assert (found["state"], "child process" in found["sentence"]) == ("ok", True)


def test_decoding_in_the_server_is_a_warning(line: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without children nothing protects the server from a file that crashes its decoder."""
    monkeypatch.setenv("QUELL_DECODING_PROCESSES", "0")

    assert states(line)["pictures"] == "warning"


def test_a_child_that_decodes_nothing_is_bad(line: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that ends instead of decoding is told."""
    monkeypatch.setattr("quell.pictures.decoder.arguments", lambda *_: ["no", "numbers"])

    found = findings(line)["pictures"]

    assert (found["state"], "process" in found["sentence"]) == ("bad", True)


def test_a_vision_model_is_asked_about_a_picture(line: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    """One that answers is well; one whose answers have no severities is bad."""
    calm = json.dumps({"Hate": 0, "SelfHarm": 0, "Sexual": 0, "Violence": 0, "reason": "Teal."})
    with running_llm() as server:
        monkeypatch.setenv("QUELL_IMAGE_LLM_URL", f"{server.url}/v1")
        monkeypatch.setenv("QUELL_IMAGE_LLM_MODEL", "eyes")
        server.follow(says(calm))
        good = findings(line)["vision model"]
        server.follow(says("A teal square."))
        bad = findings(line)["vision model"]

    assert (good["state"], "eyes judged a picture" in good["sentence"]) == ("ok", True)
    assert bad["state"] == "bad"
