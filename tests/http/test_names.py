"""Names and ids in URLs."""

import pytest

from quell.errors import InvalidResourceName
from quell.http.names import NamePattern, check_operation_id


@pytest.mark.parametrize("name", ["a", "A.b_c~d-9", "-x-", "a" * 64])
def test_good_names_are_returned_as_they_are(name: str) -> None:
    """Letters, digits and . _ ~ - up to 64 characters, case kept."""
    assert NamePattern().check(name, "incidentName") == name


@pytest.mark.parametrize(
    "name", ["", "a" * 65, "a b", "a\n", "a:b", "a/b", "ä", "a%", "operations", "Operations", "a\u200b", "٣"]
)
def test_bad_names_are_refused_with_their_field(name: str) -> None:
    """Anything else is InvalidResourceName with the field as target."""
    with pytest.raises(InvalidResourceName) as caught:
        NamePattern().check(name, "incidentName")

    assert caught.value.target == "incidentName"
    assert "incidentName" in caught.value.message


def test_the_length_is_a_setting() -> None:
    """With a limit of 100, 100 characters are fine and 101 are not."""
    names = NamePattern(max_length=100)

    assert names.check("a" * 100, "incidentName")
    with pytest.raises(InvalidResourceName, match="at most 100"):
        names.check("a" * 101, "incidentName")


@pytest.mark.parametrize("operation_id", ["a", "deploy-0001", "9", "a" * 64])
def test_good_operation_ids_are_returned(operation_id: str) -> None:
    """Letters, digits and inner hyphens up to 64."""
    assert check_operation_id(operation_id, "operationId") == operation_id


@pytest.mark.parametrize("operation_id", ["", "-a", "a-", "a_b", "a.b", "a" * 65, "a\n", "é"])
def test_bad_operation_ids_are_refused(operation_id: str) -> None:
    """Anything else is InvalidResourceName that names its place."""
    with pytest.raises(InvalidResourceName, match="operationId"):
        check_operation_id(operation_id, "operationId")
