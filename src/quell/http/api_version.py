"""The api-versions of the protocol: one ordered list, and the reading of the query parameter."""

from dataclasses import dataclass, field

from quell.errors import MissingApiVersion, UnsupportedApiVersion

EXACT_REFUSAL = "Resource not found"
"""What the hosted service's gateway says of an unknown api-version or route."""


@dataclass(frozen=True, slots=True, order=True)
class ApiVersion:
    """A version of the protocol; ordered by date, a preview before a stable version of the same day."""

    date: str
    stable: bool
    name: str = field(compare=False)

    @classmethod
    def of(cls, name: str) -> "ApiVersion":
        """Return the value for a name such as 2024-09-15-preview or 2024-09-01."""
        return cls(name[:10], not name.endswith("-preview"), name)

    def __str__(self) -> str:
        return self.name


KNOWN = tuple(
    ApiVersion.of(name)
    for name in (
        "2023-04-30-preview",
        "2023-05-30-preview",
        "2023-10-01",
        "2023-10-15-preview",
        "2023-10-30-preview",
        "2023-11-30-preview",
        "2023-12-30-preview",
        "2024-01-15-preview",
        "2024-01-30-preview",
        "2024-02-15-preview",
        "2024-03-10-preview",
        "2024-03-30-preview",
        "2024-04-15-preview",
        "2024-05-15-preview",
        "2024-09-01",
        "2024-09-15-preview",
        "2024-09-30-preview",
        "2024-12-15-preview",
        "2026-05-15-preview",
        "2026-07-01-preview",
        "2026-09-01-preview",
        "2026-10-15-preview",
        "2026-11-01-preview",
    )
)
"""Every api-version this server knows, oldest first."""

FIRST_WITH_ALL_ROUTES = ApiVersion.of("2023-10-30-preview")
"""From this preview on, previews serve every route: public sources disagree about which preview had which."""

_BY_NAME = {version.name: version for version in KNOWN}


def read_api_version(value: str | None, *, strict: bool) -> ApiVersion:
    """Return the version a query parameter names, or raise MissingApiVersion or UnsupportedApiVersion.

    White space around it is dropped: published examples print a blank after the version.
    """
    name = (value or "").strip()
    if not name:
        raise MissingApiVersion
    version = _BY_NAME.get(name.lower())
    if version is None:
        raise UnsupportedApiVersion(
            EXACT_REFUSAL
            if strict
            else f"{EXACT_REFUSAL}: the api-version '{name[:40]}' is not supported; "
            f"supported are {', '.join(_BY_NAME)}."
        )
    return version
