"""The settings of bearer tokens: who issues them, for whom, and what their roles open."""

from urllib.parse import urlsplit

from pydantic import BaseModel, Field, model_validator

from quell.errors import SettingsRefused
from quell.setting_types import CommaSeparated

ALGORITHMS = frozenset(
    {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"}
)
"""Signatures by a private key; those by a shared secret (HS256 …) are never taken."""


class TokenSettings(BaseModel):
    """Bearer tokens beside the keys; off without `token_keys`."""

    token_keys: str = Field(
        "",
        max_length=2_048,
        description="The JWKS that bearer tokens are signed by: a file, or an `https://` URL.",
    )
    token_issuer: str = Field("", max_length=2_048, description="The issuer (`iss`) that tokens must have.")
    token_audience: CommaSeparated = Field(
        (), description="The audiences (`aud`), separated by commas, of which tokens must have one."
    )
    token_algorithms: CommaSeparated = Field(
        ("RS256", "ES256"), description="The signature algorithms that are taken, separated by commas."
    )
    token_leeway: float = Field(
        60.0, ge=0, le=600, allow_inf_nan=False, description="The seconds that clocks may differ by."
    )
    token_roles: dict[str, str] = Field(
        default_factory=lambda: {"Quell.Analyze": "analyze", "Quell.Read": "read", "Quell.Manage": "manage"},
        description="What the values of the claims `roles` and `scp` open: `analyze`, `read` or `manage`.",
    )
    token_rate: str = Field(
        "",
        max_length=20,
        description="How often one subject may ask: `10/s`, `1000/10s`, or the tiers F0 and S0.",
    )

    @model_validator(mode="after")
    def _tokens_are_bound(self) -> "TokenSettings":
        if not self.token_keys:
            return self
        if not self.token_issuer or not self.token_audience:
            raise SettingsRefused("The setting token_keys needs token_issuer and token_audience.")
        if not self.token_algorithms or not ALGORITHMS.issuperset(self.token_algorithms):
            raise SettingsRefused(f"The token_algorithms are some of {', '.join(sorted(ALGORITHMS))}.")
        if not set(self.token_roles.values()) <= {"analyze", "read", "manage"}:
            raise SettingsRefused("The token_roles lead to analyze, read or manage.")
        url = urlsplit(self.token_keys)
        if url.scheme == "http" and url.hostname not in {"127.0.0.1", "localhost", "::1"}:
            raise SettingsRefused("The token_keys come over https, from loopback, or from a file.")
        return self
