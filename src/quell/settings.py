"""The settings: flags, then QUELL_* variables, then one TOML file, then the defaults below.

Only the composition root and the command line read them; everything else receives what it needs.
"""

import os
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic_settings import (
    BaseSettings,
    InitSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
)

from quell.errors import SettingsRefused
from quell.setting_groups import (
    AccessSettings,
    BlobSettings,
    BoundSettings,
    LogSettings,
    PageSettings,
    ProtocolSettings,
    ReviewerSettings,
    StorageSettings,
)
from quell.setting_images import ImageSettings
from quell.setting_tokens import TokenSettings

PREFIX = "QUELL_"
CONFIG_VARIABLE = "QUELL_CONFIG"
CONFIG_FILE = "quell.toml"
"""The TOML file that is read from the working directory when no other one is named."""


class Settings(
    BaseSettings,
    LogSettings,
    BoundSettings,
    PageSettings,
    ProtocolSettings,
    ImageSettings,
    ReviewerSettings,
    BlobSettings,
    TokenSettings,
    AccessSettings,
    StorageSettings,
):
    """All that can be set; each field is the variable QUELL_<FIELD> and the TOML key <field>."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_ignore_empty=True, extra="forbid", frozen=True, hide_input_in_errors=True
    )

    @property
    def incidents(self) -> tuple[bool, int]:
        """Whether samples count only once they were deployed, and the megabytes that incidents may take."""
        return self.require_deploy, self.incident_memory

    @property
    def limits(self) -> dict[str, int]:
        """What is told to clients: pixels, bytes, and megabytes for the incidents of each medium."""
        return {
            "imageSide": self.max_image_side,
            "bodyBytes": self.max_body_bytes,
            "incidentMegabytes": self.incident_memory,
        }

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
    except SettingsError as error:
        # The value is not repeated: it may hold a credential.
        found = re.search(r'field "(\w+)"', str(error))
        name = f"variable {PREFIX}{found[1].upper()}" if found else "environment"
        raise SettingsRefused(f"The {name} is refused: it must be JSON.") from None
    except ValidationError as error:
        raise _refusal(error, given, table, path) from None


def _config_path(config: Path | None) -> Path | None:
    named = config or os.environ.get(CONFIG_VARIABLE) or None
    if named is not None:
        try:
            return Path(named).expanduser()
        except RuntimeError:
            raise SettingsRefused(f"The settings file {named} is of a user who does not exist.") from None
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
