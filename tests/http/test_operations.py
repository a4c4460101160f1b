"""The table of operations."""

import pytest

from quell.http.api_version import KNOWN, ApiVersion
from quell.http.operations import Operation, OperationTable, load_operations


def by_id(operation_id: str, *, strict: bool = False) -> tuple[Operation, OperationTable]:
    """Return an operation and its table."""
    table = load_operations(strict=strict)
    return next(row for row in table.rows if row.id == operation_id), table


def versions(operation_id: str, *, strict: bool = False) -> list[str]:
    """Return the names of the versions that have an operation."""
    operation, table = by_id(operation_id, strict=strict)
    return [version.name for version in table.versions_of(operation)]


def test_the_whole_protocol_is_in_the_table() -> None:
    """There are 94 operations of the protocol and Quell's own."""
    rows = load_operations().rows

    assert sum(not row.own for row in rows) == 94
    assert {row.path.split("/")[1] for row in rows} == {"contentsafety", "quell"}


def test_what_is_built_is_said() -> None:
    """Incidents, reviewers, blocklists, detection and the analysis of texts and images, no more."""
    served = {row.path for row in load_operations().rows if row.state == "served" and not row.own}

    assert all(
        "/text/incidents" in path
        or "/image/incidents" in path
        or "/text/blocklists" in path
        or "/text/autoReviewers" in path
        or path.endswith((":detectIncidents", "text:analyze", "image:analyze", "imageWithText:analyze"))
        or path == "/contentsafety/text:autoReview"
        for path in served
    )
    assert len([row for row in load_operations().rows if row.state == "served" and not row.own]) == 43


def test_every_version_has_an_operation_in_the_table_or_is_named_only() -> None:
    """Versions without a row are the two that no contract describes."""
    listed = {name for row in load_operations().rows for name in row.versions}

    assert {version.name for version in KNOWN} - listed == {"2024-01-15-preview", "2024-09-30-preview"}


def test_previews_have_the_union_of_all_routes() -> None:
    """From 2023-10-30-preview on a preview has an operation that the table lists for others only."""
    assert versions("SafetyPolicies_List") == [
        version.name
        for version in KNOWN
        if not version.stable and version >= ApiVersion.of("2023-10-30-preview")
    ]


def test_stable_and_older_versions_have_what_the_table_lists() -> None:
    """A GA version has blocklists but no incidents; the first preview has blocklists in other words."""
    assert "2023-10-01" not in versions("TextIncidents_ListIncidents")
    assert "2024-09-01" in versions("TextBlocklists_ListTextBlocklistItems")
    assert "2023-04-30-preview" not in versions("TextBlocklists_ListTextBlocklistItems")
    assert "2023-04-30-preview" in versions("TextBlocklists_AddBlockItems")


def test_strict_mode_follows_the_table() -> None:
    """In strict mode a version has exactly what is listed for it."""
    assert versions("TextIncidentOperations_Deploy", strict=True) == [
        "2024-02-15-preview",
        "2024-04-15-preview",
        "2024-09-15-preview",
        "2024-12-15-preview",
    ]


def test_superseded_drafts_have_routes_in_strict_mode_only() -> None:
    """The singular /text/incident of the first draft is no route, unless strict."""
    draft, table = by_id("TextIncidentDraft_ListIncidents")
    _, strict = by_id("TextIncidentDraft_ListIncidents", strict=True)

    assert draft not in table.routed
    assert table.versions_of(draft) == []
    assert draft in strict.routed


@pytest.mark.parametrize("operation_id", ["TextIncidentOperations_Deploy", "TextCategories_Build"])
def test_bodies_of_custom_verbs_without_one_are_ignored(operation_id: str) -> None:
    """Clients send forms or nothing with :deploy and :build."""
    assert by_id(operation_id)[0].body == "ignored"
