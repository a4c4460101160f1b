"""The settings by what they are about; `quell.settings` joins and reads them."""

import os
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, Field, model_validator

from quell.errors import SettingsRefused
from quell.setting_types import AbsolutePath, CommaSeparated, Keys, PostgresUrl, PublicUrl, read_address

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


class StorageSettings(BaseModel):
    """Where Quell keeps what it is told, and how surely."""

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
    database_file: AbsolutePath | None = Field(
        None, description="A file with the address for `database`, used when that is not set."
    )
    durability: Literal["full", "normal"] = Field(
        "full",
        description="`full`: acknowledged means on disk; `normal`: a power cut may take the last writes.",
    )
    audit_days: int = Field(
        365,
        ge=0,
        le=36_500,
        description="The days that the audit log keeps its entries; 0 keeps the newest million.",
    )

    @model_validator(mode="after")
    def _address_from_its_file(self) -> "StorageSettings":
        if self.database_file is not None and not self.database:
            # Settings do not change once they are read; this is still part of reading them.
            object.__setattr__(self, "database", read_address(self.database_file))
        return self


class AccessSettings(BaseModel):
    """Who may come in, and by which door."""

    host: str = Field("127.0.0.1", min_length=1, description="The address to listen on.")
    port: int = Field(
        DEFAULT_PORT, ge=0, le=65_535, description="The port to listen on; 0 takes any free one."
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
    lockout_failures: int = Field(
        0,
        ge=0,
        le=1_000_000,
        description="Wrong keys from one address within `lockout_seconds` that lock it out; 0 never does.",
    )
    lockout_seconds: float = Field(
        60.0,
        gt=0,
        le=86_400,
        allow_inf_nan=False,
        description="The seconds that wrong keys are counted for, and that a lockout lasts.",
    )
    tls: bool = Field(
        False, description="Serve https; without `tls_cert` with a certificate made in the data folder."
    )
    tls_cert: AbsolutePath | None = Field(
        None, description="A certificate chain in PEM form to serve https with; needs `tls_key`."
    )
    tls_key: AbsolutePath | None = Field(
        None, description="The private key of `tls_cert` in PEM form, without a password."
    )
    public_url: PublicUrl = Field(
        "", description="The URL clients reach the server by, for links in answers; else their Host header."
    )

    @model_validator(mode="after")
    def _certificate_and_key_together(self) -> "AccessSettings":
        if (self.tls_cert is None) != (self.tls_key is None):
            raise SettingsRefused("The settings tls_cert and tls_key must be given together.")
        return self

    @property
    def https(self) -> bool:
        """Whether the server speaks https."""
        return self.tls or self.tls_cert is not None


class BlobSettings(BaseModel):
    """Where blobs may be fetched from."""

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
        None,
        description="The folder below which `file://` URLs may name examples of auto reviewers, "
        "and in which sources of sweeps lie.",
    )


class ReviewerSettings(BaseModel):
    """What reviews texts, and the language model that may."""

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
        16,
        ge=1,
        le=1_024,
        description="The questions that language models are asked at once, reviews and images.",
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

    @model_validator(mode="after")
    def _model_with_its_server(self) -> "ReviewerSettings":
        if bool(self.llm_url) != bool(self.llm_model):
            raise SettingsRefused("The settings llm_url and llm_model must be given together.")
        if self.reviewer_engine == "llm" and not self.llm_url:
            raise SettingsRefused("The setting reviewer_engine = llm needs llm_url and llm_model.")
        return self


class ProtocolSettings(BaseModel):
    """How the protocol is spoken."""

    region: str = Field("local", min_length=1, description="The region that answers name in `x-ms-region`.")
    strict: bool = Field(
        False, description="Follow the published routes to the letter: each api-version has only its own."
    )
    require_deploy: bool = Field(
        False, description="Let samples count only once they were deployed, not as soon as they are added."
    )
    name_limit: int = Field(
        64, ge=64, le=100, description="The longest name of a resource, in characters, from 64 to 100."
    )


class PageSettings(BaseModel):
    """What stands beside the protocol."""

    studio: bool = Field(True, description="Serve the browser app at `/studio`.")
    metrics: Literal["off", "key", "open"] = Field(
        "key",
        description="Who may read the metrics for Prometheus at `/metrics`: "
        "`key`: those with a key; `open`: everyone who reaches the port; `off`: nobody.",
    )
    traces: bool = Field(
        False,
        description="Send OpenTelemetry traces, as the standard variables `OTEL_*` say; "
        "needs the extra `quell[otel]`.",
    )
    monitor: bool = Field(
        True, description="Count requests and findings by hour, as numbers alone, for `/quell/monitor`."
    )


class BoundSettings(BaseModel):
    """How much is taken at once, and for how long."""

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
        256,
        ge=1,
        description="The requests answered at once, and 16 more that read or manage what is kept; "
        "others are told to come back.",
    )
    workers: int = Field(
        0, ge=0, description="The threads that run encoders; 0 takes as many as there are cores."
    )
    queue_limit: int = Field(
        256, ge=0, description="The texts that may wait for a worker; more are told to come back."
    )
    wait_limit: float = Field(
        10.0,
        gt=0,
        allow_inf_nan=False,
        description="The seconds a text or picture may be expected to wait for a worker; "
        "what would wait longer is told to come back.",
    )
    incident_memory: int = Field(
        1_000,
        ge=0,
        le=10_000_000,
        description="The megabytes of memory that incidents may take, texts and images apart; those asked "
        "about least recently are let go, and loaded again when they are asked about. 0 keeps all.",
    )
    stop_timeout: int = Field(
        30, ge=0, description="The seconds that a stopping server gives the requests it has accepted."
    )


class LogSettings(BaseModel):
    """What is logged, and how."""

    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="The least severe events that are logged: debug, info, warning or error."
    )
    log_format: Literal["auto", "console", "json"] = Field(
        "auto", description="`console`, `json`, or `auto`: console at a terminal and JSON elsewhere."
    )
