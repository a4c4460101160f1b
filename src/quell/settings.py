"""The settings: flags, then QUELL_* variables, then one TOML file, then the defaults below.

Only the composition root and the command line read them; everything else receives what it needs.
"""

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, ValidationError, model_validator
from pydantic_settings import (
    BaseSettings,
    InitSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from quell.errors import SettingsRefused
from quell.setting_types import AbsolutePath, CommaSeparated, Keys, PostgresUrl, PublicUrl

PREFIX = "QUELL_"
CONFIG_VARIABLE = "QUELL_CONFIG"
CONFIG_FILE = "quell.toml"
"""The TOML file that is read from the working directory when no other one is named."""

DEFAULT_PORT = 7835
"""Q-U-E-L on a telephone keypad; no common service uses it, and systems hand it out to nobody."""


def default_data() -> Path:
    """Return the data folder of this user, the same from whichever directory a command is given."""
    given = os.environ.get("XDG_DATA_HOME", "")
    if Path(given).is_absolute():
        return Path(given) / "quell"
    try:
        return Path.home() / ".local" / "share" / "quell"
    except RuntimeError:  # a user without a home, as in some containers
        return Path.cwd() / "quell-data"


class Settings(BaseSettings):
    """All that can be set; each field is the variable QUELL_<FIELD> and the TOML key <field>."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_ignore_empty=True, extra="forbid", frozen=True, hide_input_in_errors=True
    )

    host: str = Field("127.0.0.1", min_length=1, description="The address to listen on.")
    port: int = Field(
        DEFAULT_PORT, ge=0, le=65_535, description="The port to listen on; 0 takes any free one."
    )
    data: AbsolutePath = Field(
        default_factory=default_data,
        description="The folder that holds everything Quell keeps: the database, the keys, the certificate.",
    )
    database: PostgresUrl = Field(
        "",
        repr=False,
        description="A PostgreSQL server in place of the file in the data folder, "
        "`postgresql://user:password@host/name`; servers on one database share all they keep.",
    )
    keys: Keys = Field(
        (), repr=False, description="The subscription keys, separated by commas; all are valid at once."
    )
    keys_file: AbsolutePath | None = Field(
        None, description="A file with the subscription keys, one a line, used when `keys` is not set."
    )
    development: bool = Field(
        False, description="Use the well-known development key; the server then listens on loopback only."
    )
    no_auth: bool = Field(False, description="Answer everyone, with or without a key.")
    tls: bool = Field(
        False, description="Serve https; without `tls_cert` with a certificate made in the data folder."
    )
    tls_cert: AbsolutePath | None = Field(
        None, description="A certificate chain in PEM form to serve https with; needs `tls_key`."
    )
    tls_key: AbsolutePath | None = Field(
        None, description="The private key of `tls_cert` in PEM form, without a password."
    )
    blob_hosts: CommaSeparated = Field(
        (),
        description="Blob hosts (`host[:port]`, separated by commas) that are allowed even where private.",
    )
    blob_mode: Literal["off", "deny", "azure", "allow"] = Field(
        "azure",
        description="Where blobs may come from: `off`: nowhere; `deny`: the `blob_hosts` alone; "
        "`azure`: also Azure's blob storage; `allow`: any public host.",
    )
    blob_stores: dict[str, dict[str, str]] = Field(
        default_factory=dict,
        repr=False,
        description="Containers and buckets that are read with the operator's credentials, by their URL.",
    )
    blob_folder: AbsolutePath | None = Field(
        None, description="The folder below which `file://` URLs may name examples of auto reviewers."
    )
    reviewer_engine: Literal["embedded", "llm"] = Field(
        "embedded",
        description="What reviews texts where a reviewer does not say: `embedded`, or `llm` with `llm_url`.",
    )
    llm_url: PublicUrl = Field(
        "",
        description="The base URL of an OpenAI-compatible server, as `http://127.0.0.1:8080/v1`, "
        "or of a deployment of Azure OpenAI.",
    )
    llm_model: str = Field("", max_length=256, description="The model that `llm_url` is asked for.")
    llm_key_file: AbsolutePath | None = Field(
        None, description="A file with the key for `llm_url`; it goes to that host and to no other."
    )
    llm_timeout: float = Field(
        30.0,
        gt=0,
        le=600,
        allow_inf_nan=False,
        description="The seconds a review by a language model may take.",
    )
    llm_in_flight: int = Field(
        16, ge=1, le=1_024, description="The reviews that language models are asked for at once."
    )
    llm_example_tokens: int = Field(
        1_500,
        ge=0,
        le=100_000,
        description="The tokens of examples that a language model is shown, about; 0 shows none.",
    )
    llm_fallback: bool = Field(
        False, description="Let the embedded engine decide where the language model fails, and say so."
    )
    llm_allowed_endpoints: dict[str, str] = Field(
        default_factory=dict,
        description="Endpoints of Azure OpenAI that requests may name in `aoaiEndpoint`, "
        "each with the file of its key.",
    )
    max_image_side: int = Field(
        7_200, ge=50, le=20_000, description="The longest side of an image that is accepted, in pixels."
    )
    decoding_processes: int = Field(
        2,
        ge=0,
        le=64,
        description="The child processes that decode images; 0 decodes in the server's own process.",
    )
    required_image_coverage: Literal["none", "text-only", "full"] = Field(
        "none",
        description="Refuse image analysis of categories that less evidence stands behind: "
        "`text-only`, `full`, or `none` to answer always.",
    )
    image_clip: AbsolutePath | None = Field(
        None,
        description="A folder with a CLIP model as ONNX, which judges what images show in all categories.",
    )
    image_incident_categories: CommaSeparated = Field(
        (),
        description="Image incidents whose hits count for a category in every image analysis: "
        "`name=Category:severity`, separated by commas, with severity 2, 4 or 6.",
    )
    public_url: PublicUrl = Field(
        "", description="The URL clients reach the server by, for links in answers; else their Host header."
    )
    region: str = Field("local", min_length=1, description="The region that answers name in `x-ms-region`.")
    studio: bool = Field(True, description="Serve the browser app at `/studio`.")
    monitor: bool = Field(
        True, description="Count requests and findings by hour, as numbers alone, for `/quell/monitor`."
    )
    strict: bool = Field(
        False, description="Follow the published routes to the letter: each api-version has only its own."
    )
    require_deploy: bool = Field(
        False, description="Let samples count only once they were deployed, not as soon as they are added."
    )
    name_limit: int = Field(
        64, ge=64, le=100, description="The longest name of a resource, in characters, from 64 to 100."
    )
    max_body_bytes: int = Field(
        8 * 1024 * 1024, ge=1024, description="The largest request body that is accepted, in bytes."
    )
    head_timeout: float = Field(
        15.0,
        gt=0,
        allow_inf_nan=False,
        description="The seconds within which the head of a request must have arrived.",
    )
    body_timeout: float = Field(
        30.0,
        gt=0,
        allow_inf_nan=False,
        description="The seconds within which a request body must have arrived.",
    )
    max_in_flight: int = Field(
        256, ge=1, description="The requests that are answered at once; more are told to come back."
    )
    workers: int = Field(
        0, ge=0, description="The threads that run encoders; 0 takes as many as there are cores."
    )
    queue_limit: int = Field(
        256, ge=0, description="The texts that may wait for a worker; more are told to come back."
    )
    stop_timeout: int = Field(
        30, ge=0, description="The seconds that a stopping server gives the requests it has accepted."
    )
    durability: Literal["full", "normal"] = Field(
        "full",
        description="`full`: acknowledged means on disk; `normal`: a power cut may take the last writes.",
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="The least severe events that are logged: debug, info, warning or error."
    )
    log_format: Literal["auto", "console", "json"] = Field(
        "auto", description="`console`, `json`, or `auto`: console at a terminal and JSON elsewhere."
    )

    @model_validator(mode="after")
    def _certificate_and_key_together(self) -> "Settings":
        if (self.tls_cert is None) != (self.tls_key is None):
            raise SettingsRefused("The settings tls_cert and tls_key must be given together.")
        return self

    @model_validator(mode="after")
    def _model_with_its_server(self) -> "Settings":
        if bool(self.llm_url) != bool(self.llm_model):
            raise SettingsRefused("The settings llm_url and llm_model must be given together.")
        if self.reviewer_engine == "llm" and not self.llm_url:
            raise SettingsRefused("The setting reviewer_engine = llm needs llm_url and llm_model.")
        return self

    @property
    def https(self) -> bool:
        """Whether the server speaks https."""
        return self.tls or self.tls_cert is not None

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Read flags, environment and the TOML file, in this order."""
        given = dict(init_settings())
        table = given.pop(_TABLE, {})
        flags = InitSettingsSource(settings_cls, init_kwargs=given)
        return flags, env_settings, InitSettingsSource(settings_cls, init_kwargs=table)


_TABLE = "_toml_table"


def load_settings(flags: Mapping[str, object] | None = None, config: Path | None = None) -> Settings:
    """Read the settings; `flags` that are None are not given. Raises SettingsRefused in one sentence."""
    given = {name: value for name, value in (flags or {}).items() if value is not None}
    path = _config_path(config)
    table = _read_table(path) if path else {}
    values: dict[str, Any] = {**given, _TABLE: table}
    try:
        return Settings(**values)
    except ValidationError as error:
        raise _refusal(error, given, table, path) from None


def _config_path(config: Path | None) -> Path | None:
    named = config or os.environ.get(CONFIG_VARIABLE) or None
    if named is not None:
        return Path(named).expanduser()
    return Path(CONFIG_FILE) if Path(CONFIG_FILE).is_file() else None


def _read_table(path: Path) -> dict[str, Any]:
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsRefused(f"The settings file {path} cannot be read: {error.strerror}.") from error
    except ValueError as error:
        raise SettingsRefused(f"The settings file {path} is not valid TOML: {error}.") from error
    unknown = [key for key in table if key not in Settings.model_fields]
    if unknown:
        names = ", ".join(f"'{key}'" for key in unknown)
        raise SettingsRefused(f"The settings file {path} has settings that do not exist: {names}.")
    return table


def _refusal(
    error: ValidationError, flags: Mapping[str, object], table: Mapping[str, object], path: Path | None
) -> SettingsRefused:
    first = error.errors(include_input=False, include_url=False)[0]
    name = str(first["loc"][0]) if first["loc"] else "settings"
    if name in flags:
        source = f"The flag --{name.replace('_', '-')}"
    elif name in table and (PREFIX + name.upper()) not in os.environ:
        source = f"The setting '{name}' in {path}"
    else:
        source = f"The variable {PREFIX}{name.upper()}"
    reason = first["msg"].removeprefix("Value error, ")
    return SettingsRefused(f"{source} is refused: {reason[:1].lower()}{reason[1:]}.")
