"""Export and import."""

from dataclasses import replace

import pytest

from quell.errors import InvalidRequestBody, ResourceNotFound
from quell.incidents.domain import IncidentChange, IncidentCopy, Limits
from quell.incidents.transfer import Transfer
from tests.house import House

COPY = IncidentCopy("scam", "what it is", "what to look for", 0.7, ("front row seats", "gift card only"))


def bring_in(house: House, copy: IncidentCopy, *, overwrite: bool = False) -> bool:
    """Import a copy; return whether its name is new."""
    samples = [house.reader.sample(text) for text in copy.samples]
    return house.transfer.bring_in(copy, samples, overwrite=overwrite)[1]


def test_what_goes_out_comes_in_again(house: House) -> None:
    """Import and export are each other's inverse, the order of the samples included."""
    assert bring_in(house, COPY)

    assert house.transfer.export("scam") == COPY
    assert house.hits("front row seats", "scam") == ["scam"]


def test_an_existing_name_is_refused(house: House) -> None:
    """Without overwrite nothing is touched, before and after the samples were read."""
    house.create("scam", "other")
    before = house.transfer.export("scam")

    with pytest.raises(InvalidRequestBody, match="overwrite=true"):
        house.transfer.check("scam", 1, overwrite=False)
    with pytest.raises(InvalidRequestBody, match="overwrite=true"):
        bring_in(house, COPY)
    assert house.transfer.export("scam") == before


def test_overwriting_replaces_the_whole_incident(house: House) -> None:
    """Nothing of the old incident is left, and it counts at the next request."""
    house.create("scam", "simmer the lentils")
    house.incidents.put("scam", IncidentChange(description="old"))
    assert house.hits("simmer the lentils", "scam") == ["scam"]
    created = bring_in(house, replace(COPY, description=None), overwrite=True)

    assert not created
    assert house.transfer.export("scam") == replace(COPY, description=None)
    assert house.hits("simmer the lentils", "scam") == []


def test_limits_hold_for_imports(house: House) -> None:
    """Neither the number of samples nor that of incidents can be passed by an import."""
    limits = Limits(incidents=1, samples=2)
    transfer = Transfer(house.database, house.store, house.operation_store, limits, house.clock)
    transfer.check("scam", 2, overwrite=False)
    with pytest.raises(InvalidRequestBody, match="limit of 2 samples"):
        transfer.check("scam", 3, overwrite=False)
    bring_in(house, COPY)

    with pytest.raises(InvalidRequestBody, match="limit of 1 incidents"):
        transfer.check("another", 1, overwrite=False)
    transfer.check("scam", 1, overwrite=True)


def test_exporting_the_absent_is_refused(house: House) -> None:
    """There is nothing to write."""
    with pytest.raises(ResourceNotFound):
        house.transfer.export("absent")
