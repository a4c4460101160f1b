"""The setting that maps image incidents to categories."""

import pytest

from quell.analyze.domain import Category, Severity
from quell.analyze.image_assembly import mapped_incidents
from quell.errors import SettingsRefused


def test_an_incident_is_mapped_to_a_category_and_a_severity() -> None:
    """Several entries stand side by side."""
    mapped = mapped_incidents(["hate-flag=Hate:6", "gore=Violence:4"])

    assert mapped == {
        "hate-flag": Severity(Category.HATE, 6),
        "gore": Severity(Category.VIOLENCE, 4),
    }


@pytest.mark.parametrize(
    "entry", ["flag", "flag=Hate", "flag=Hate:5", "flag=Drugs:4", "=Hate:4", "a b=Hate:4"]
)
def test_an_entry_of_another_form_stops_the_start(entry: str) -> None:
    """The refusal repeats the entry and names the setting."""
    with pytest.raises(SettingsRefused, match=r"image_incident_categories.*is not of the form"):
        mapped_incidents([entry])
