"""Deployment and its operation."""

import pytest

from quell.errors import InvalidRequestBody, ResourceNotFound
from quell.operations.domain import Operation
from tests.house import House

COLLECTION = "text/incidents"


def test_an_operation_starts_and_is_finished_at_the_next_question(house: House) -> None:
    """The caller sees NotStarted, everyone who asks afterwards Succeeded."""
    house.create("a", "one")
    started = house.deployment.deploy("a", "deploy-1")

    assert (started.id, started.status) == ("deploy-1", "NotStarted")
    assert house.operations.get(COLLECTION, "deploy-1").status == "Succeeded"


def test_without_a_wish_the_operation_gets_an_id(house: House) -> None:
    """Two deployments without an id are two operations."""
    house.create("a", "one")
    first, second = house.deployment.deploy("a", None), house.deployment.deploy("a", None)

    assert first.id != second.id
    assert house.operations.get(COLLECTION, second.id).status == "Succeeded"


def test_an_incident_without_samples_fails(house: House) -> None:
    """The operation ends Failed and says why."""
    house.create("a")
    operation = house.operations.get(COLLECTION, house.deployment.deploy("a", None).id)

    assert (operation.status, operation.error_code) == ("Failed", "InvalidRequestBody")
    assert operation.error_message == "The incident 'a' has no samples."


def test_a_repeated_id_returns_the_first_operation(house: House) -> None:
    """The same request again starts nothing new."""
    house.create("a")
    house.deployment.deploy("a", "deploy-1")
    house.add("a", "one")

    assert house.deployment.deploy("a", "deploy-1").status == "Failed"


def test_an_id_belongs_to_one_incident(house: House) -> None:
    """The id of another incident's operation is refused, also after that incident was made anew."""
    house.create("a", "one")
    house.create("b", "two")
    house.deployment.deploy("a", "deploy-1")

    with pytest.raises(InvalidRequestBody, match="another incident"):
        house.deployment.deploy("b", "deploy-1")
    house.incidents.delete("a")
    house.create("a", "one")
    with pytest.raises(InvalidRequestBody, match="another incident"):
        house.deployment.deploy("a", "deploy-1")


def test_deploying_the_absent_is_refused(house: House) -> None:
    """An unknown incident starts no operation."""
    with pytest.raises(ResourceNotFound):
        house.deployment.deploy("absent", "deploy-1")
    with pytest.raises(ResourceNotFound):
        house.operations.get(COLLECTION, "deploy-1")


def test_deleting_cancels_what_is_going_on(house: House) -> None:
    """An operation that is not finished ends Canceled with its incident; a finished one stays as it is."""
    house.create("a", "one")
    house.deployment.deploy("a", "finished")
    subject = house.incidents.get("a").id
    with house.database.transaction() as tx:
        running = Operation(COLLECTION, "running", subject, "Running", house.clock(), house.clock())
        house.operation_store.add(tx, running)
    house.incidents.delete("a")

    assert house.operations.get(COLLECTION, "running").status == "Canceled"
    assert house.operations.get(COLLECTION, "finished").status == "Succeeded"


def test_deploying_does_not_change_last_updated(house: House) -> None:
    """Only PATCH and samples count as an update."""
    house.create("a", "one")
    before = house.incidents.get("a")
    house.deployment.deploy("a", None)

    assert house.incidents.get("a") == before
