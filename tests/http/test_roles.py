"""Which role each operation needs."""

import re

import pytest

from quell.http.operations import Operation, load_operations
from quell.http.roles import JUDGING_VERBS, changes, roles_for

OPERATIONS = load_operations(strict=True).rows


def ids(operations: list[Operation]) -> set[str]:
    """Return the ids of operations."""
    return {operation.id for operation in operations}


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.id)
def test_every_operation_is_open_to_who_may_manage(operation: Operation) -> None:
    """`manage` includes the other roles, so the plain keys of before can do what they could."""
    assert "manage" in roles_for(operation)


def test_what_reads_is_open_to_read_and_what_writes_is_not() -> None:
    """Every GET is for `read`, nothing else is, and no GET counts as a change."""
    reading = [operation for operation in OPERATIONS if "read" in roles_for(operation)]

    assert ids(reading) == ids([operation for operation in OPERATIONS if operation.method == "GET"])
    assert not any(changes(operation) for operation in reading)


def test_whoever_may_only_analyze_reaches_no_resource_but_to_judge_with_it() -> None:
    """`analyze` opens POST on content, four verbs on resources, and what says how content is judged."""
    open_to = [operation for operation in OPERATIONS if "analyze" in roles_for(operation)]
    on_resources = [one for one in open_to if re.search(r"/\{|s:", one.path)]

    assert {one.method for one in open_to if one.id != "Quell_Capabilities"} == {"POST"}
    assert {one.path.rpartition(":")[2] for one in on_resources} == JUDGING_VERBS
    assert {"TextOperations_AnalyzeText", "Quell_Explain", "UnifiedOperations_Analyze"} <= ids(open_to)


@pytest.mark.parametrize(
    "path", ["/quell/sweeps", "/quell/text/incidents:import", "/contentsafety/text/incidents/{name}:unheard"]
)
def test_a_new_operation_is_closed_until_it_is_opened(path: str) -> None:
    """A POST that is not known to judge content needs `manage`."""
    operation = Operation("New", "POST", path, "served", "json", (200,), "", frozenset())

    assert roles_for(operation) == {"manage"}
