"""What a policy is."""

import pytest

from quell.reviewers.domain import Label, Policy


@pytest.mark.parametrize("name", ["Other", "other", "OTHERS", "Others"])
def test_the_label_for_the_rest_is_found_in_any_spelling(name: str) -> None:
    """One or many, in any case."""
    policy = Policy("Forum", (Label("Sale", "Offers."), Label(name, "The rest.")))

    assert policy.other.name == name
