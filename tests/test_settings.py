"""Where settings come from, and how wrong ones are refused."""

from pathlib import Path

import pytest

from quell.errors import SettingsRefused
from quell.setting_groups import default_data
from quell.settings import CONFIG_FILE, Settings, load_settings


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Begin with no variable set, in an empty working directory."""
    for name in Settings.model_fields:
        monkeypatch.delenv(f"QUELL_{name.upper()}", raising=False)
    monkeypatch.delenv("QUELL_CONFIG", raising=False)
    monkeypatch.chdir(tmp_path)


def refusal(flags: dict[str, object] | None = None, config: Path | None = None) -> str:
    """Return the sentence with which the settings are refused."""
    with pytest.raises(SettingsRefused) as caught:
        load_settings(flags, config)
    return caught.value.message


def test_every_setting_says_what_it_is() -> None:
    """Each setting has a description that ends like a sentence."""
    assert [
        name for name, field in Settings.model_fields.items() if not (field.description or "").endswith(".")
    ] == []


def test_the_defaults_need_nothing() -> None:
    """Without any source the server listens on loopback, with keys, durably."""
    settings = load_settings()

    assert (settings.host, settings.no_auth, settings.development, settings.durability) == (
        "127.0.0.1",
        False,
        False,
        "full",
    )


def test_flags_go_before_variables_and_variables_before_the_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Of several sources the nearest to the command counts, each setting for itself."""
    (tmp_path / CONFIG_FILE).write_text('port = 1\nregion = "file"\nworkers = 3\n')
    monkeypatch.setenv("QUELL_PORT", "2")
    monkeypatch.setenv("QUELL_REGION", "variable")

    settings = load_settings({"port": 3, "host": None})

    assert (settings.port, settings.region, settings.workers) == (3, "variable", 3)


def test_the_named_file_goes_before_the_one_in_the_working_directory(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """QUELL_CONFIG replaces quell.toml, and --config replaces QUELL_CONFIG."""
    for name in (CONFIG_FILE, "variable.toml", "flag.toml"):
        (tmp_path / name).write_text(f'region = "{name}"\n')
    monkeypatch.setenv("QUELL_CONFIG", "variable.toml")

    regions = [load_settings().region, load_settings(config=Path("flag.toml")).region]

    assert regions == ["variable.toml", "flag.toml"]


def test_keys_are_separated_by_commas_in_a_variable_and_listed_in_a_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Both forms of a list of keys give the same keys."""
    (tmp_path / "keys.toml").write_text('keys = ["one", "two"]\n')
    from_file = load_settings(config=tmp_path / "keys.toml").keys
    monkeypatch.setenv("QUELL_KEYS", " one , two,")

    assert load_settings().keys == from_file == ("one", "two")


def test_an_empty_variable_counts_as_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    """A variable that a deployment leaves empty does not break the start."""
    monkeypatch.setenv("QUELL_PORT", "")
    monkeypatch.setenv("QUELL_KEYS", "")

    assert load_settings() == load_settings({"port": Settings.model_fields["port"].default, "keys": ()})


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("PORT", "many", "integer"),
        ("PORT", "65536", "less than or equal to 65535"),
        ("DURABILITY", "hopeful", "'full' or 'normal'"),
        ("PUBLIC_URL", "example.org", "http://"),
        ("NAME_LIMIT", "101", "100"),
        ("BODY_TIMEOUT", "inf", "finite"),
    ],
)
def test_a_bad_variable_is_named(monkeypatch: pytest.MonkeyPatch, name: str, value: str, words: str) -> None:
    """A value that does not fit is refused in one sentence with the variable and the reason."""
    monkeypatch.setenv(f"QUELL_{name}", value)

    sentence = refusal()

    assert sentence.startswith(f"The variable QUELL_{name} is refused: ")
    assert words in sentence
    assert "\n" not in sentence


def test_a_bad_flag_is_named() -> None:
    """The flag is named as it is typed."""
    assert refusal({"name_limit": 1}).startswith("The flag --name-limit is refused")


def test_a_bad_value_in_the_file_is_named_with_the_file(tmp_path: Path) -> None:
    """The key and the file are named."""
    (tmp_path / "own.toml").write_text("port = -1\n")

    assert refusal(config=tmp_path / "own.toml").startswith(f"The setting 'port' in {tmp_path / 'own.toml'}")


def test_an_unknown_key_in_the_file_is_named(tmp_path: Path) -> None:
    """A key that does not exist is refused by its name, so that a slip is not silently ignored."""
    (tmp_path / CONFIG_FILE).write_text("prot = 1\nport = 2\n")

    assert "'prot'" in refusal()


@pytest.mark.parametrize("content", [None, "port = = 1\n", "\x00"])
def test_an_unreadable_file_is_refused(tmp_path: Path, content: str | None) -> None:
    """A named file that is missing or no TOML is refused with its name."""
    path = tmp_path / "own.toml"
    if content is not None:
        path.write_text(content)

    assert str(path) in refusal(config=path)


def test_a_refused_key_is_not_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    """The sentence about a bad key does not hold the key."""
    monkeypatch.setenv("QUELL_KEYS", "open sesame")

    sentence = refusal()

    assert "QUELL_KEYS" in sentence
    assert "sesame" not in sentence


def test_keys_are_not_in_the_representation() -> None:
    """Printing the settings prints no key."""
    assert "open-sesame" not in repr(load_settings({"keys": "open-sesame"}))


def test_a_certificate_needs_its_key(tmp_path: Path) -> None:
    """One half of a certificate and key is refused."""
    assert "together" in refusal({"tls_cert": tmp_path / "certificate.pem"})


@pytest.mark.parametrize(("flags", "https"), [({}, False), ({"tls": True}, True)])
def test_https_follows_tls(flags: dict[str, object], https: bool) -> None:
    """The server speaks https exactly when asked to."""
    assert load_settings(flags).https is https


def test_the_data_folder_does_not_depend_on_the_working_directory(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Two commands from two directories find the same data folder."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "share"))
    first = default_data()
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")

    assert default_data() == first == tmp_path / "share" / "quell"


def test_a_user_without_a_home_gets_a_folder_here(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Where there is no home directory the data folder lies in the working directory."""
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    monkeypatch.setattr(Path, "home", lambda: (_ for _ in ()).throw(RuntimeError("no home")))

    assert default_data() == tmp_path / "quell-data"


@pytest.mark.parametrize(
    "flags",
    [{"llm_url": "http://127.0.0.1:1/v1"}, {"llm_model": "tiny"}, {"reviewer_engine": "llm"}],
)
def test_a_language_model_needs_its_server_and_its_name(flags: dict[str, object]) -> None:
    """Half of what is needed is refused at start."""
    assert "llm_url" in refusal(flags)


def test_allowed_endpoints_come_with_the_files_of_their_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """As a table of the file or as JSON in a variable."""
    monkeypatch.setenv("QUELL_LLM_ALLOWED_ENDPOINTS", '{"https://mine.example": "/etc/mine.key"}')

    assert load_settings().llm_allowed_endpoints == {"https://mine.example": "/etc/mine.key"}


def test_the_address_of_the_database_may_stand_in_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As secrets do in containers; the setting itself comes first, and no refusal repeats a password."""
    held = tmp_path / "database"
    held.write_text("postgresql://quell:pass-word@db/quell\n")
    monkeypatch.setenv("QUELL_DATABASE_FILE", str(held))

    assert load_settings().database == "postgresql://quell:pass-word@db/quell"
    assert load_settings({"database": "postgresql://other/quell"}).database == "postgresql://other/quell"
    held.write_text("mysql://quell:pass-word@db")
    with pytest.raises(SettingsRefused, match="must hold an address") as refused:
        load_settings()
    assert "pass-word" not in refused.value.message
    monkeypatch.setenv("QUELL_DATABASE_FILE", str(tmp_path / "absent"))
    with pytest.raises(SettingsRefused, match="cannot be read: No such file"):
        load_settings()


@pytest.mark.parametrize("name", ["BLOB_STORES", "TOKEN_ROLES", "LLM_ALLOWED_ENDPOINTS"])
def test_a_table_in_a_variable_must_be_json(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """The value is not repeated, for it may hold a credential."""
    monkeypatch.setenv(f"QUELL_{name}", "secret=x")

    said = refusal()

    assert f"QUELL_{name} is refused" in said
    assert "secret" not in said


def test_the_home_of_nobody_is_refused() -> None:
    """In one sentence, for a folder and for the settings file."""
    assert "The flag --data is refused" in refusal({"data": "~no-such-user/x"})
    assert "a user who does not exist" in refusal(config=Path("~no-such-user/quell.toml"))
