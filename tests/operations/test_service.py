"""How long operations are kept, and where their ids count."""

import pytest

from quell.errors import ResourceNotFound
from quell.operations.domain import RETENTION, Operation, Status
from tests.house import House


def store(
    house: House,
    operation_id: str,
    now: int,
    *,
    collection: str = "text/incidents",
    status: Status = "Succeeded",
) -> None:
    """Store an operation, a finished one unless told otherwise."""
    with house.database.transaction() as tx:
        house.operation_store.add(tx, Operation(collection, operation_id, "subject", status, now, now))


def test_operations_are_kept_for_a_day(house: House) -> None:
    """After exactly 24 hours an operation can still be asked for; later it makes room."""
    store(house, "first", 1)
    store(house, "second", 1 + RETENTION)
    kept = house.operations.get("text/incidents", "first")
    store(house, "third", 2 + RETENTION)

    assert kept.status == "Succeeded"
    assert RETENTION == 24 * 3600 * 1_000_000
    with pytest.raises(ResourceNotFound):
        house.operations.get("text/incidents", "first")
    assert house.operations.get("text/incidents", "second").id == "second"


@pytest.mark.parametrize("status", ["NotStarted", "Running"])
def test_what_is_still_to_be_done_is_not_forgotten(house: House, status: Status) -> None:
    """However long it waits: who asks again with its id must not begin another."""
    store(house, "slow", 1, status=status)
    store(house, "later", 2 + RETENTION)

    assert house.operations.get("text/incidents", "slow").status == status


def test_ids_count_per_collection(house: House) -> None:
    """Operations on texts and on images may have the same id."""
    store(house, "deploy-1", 1)
    store(house, "deploy-1", 2, collection="image/incidents")

    assert house.operations.get("text/incidents", "deploy-1").created == 1
    assert house.operations.get("image/incidents", "deploy-1").created == 2


@pytest.mark.parametrize(
    ("status", "finished"),
    [("NotStarted", False), ("Running", False), ("Succeeded", True), ("Failed", True), ("Canceled", True)],
)
def test_an_operation_knows_whether_it_is_finished(status: Status, finished: bool) -> None:
    """Three of the five states are final."""
    assert Operation("text/incidents", "a", "b", status, 1, 1).finished is finished
