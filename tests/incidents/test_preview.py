"""What an incident would catch, before it is live."""

import pytest

from quell.errors import InvalidRequestBody, ResourceNotFound
from quell.incidents.domain import MAX_SAMPLES
from quell.incidents.matcher import FittedIncident
from quell.incidents.preview import NEARLY, Finding, in_order
from tests.house import House

SAMPLES = ("front row seats pay by gift card only", "two passes left pay by gift card")
TEXTS = (
    "simmer the lentils with cumin",
    "front row seats pay by gift card only please",
    "seats and passes left in the front row",
    "two passes left pay with gift card",
)


def fit(house: House, name: str | None, *samples: str, sensitivity: float | None = None) -> FittedIncident:
    """Fit a preview."""
    return house.preview.fit(name, [house.reader.sample(sample) for sample in samples], sensitivity)


def findings(house: House, fitted: FittedIncident) -> list[Finding]:
    """Judge the texts."""
    return in_order(house.preview.judge(fitted, place, text) for place, text in enumerate(TEXTS))


def test_findings_come_in_groups(house: House) -> None:
    """Caught texts come first, then the nearly caught, then the others, in each group the likeliest."""
    found = findings(house, fit(house, None, *SAMPLES, sensitivity=0.2))
    probabilities = [one.match.probability for one in found]

    assert found[0].outcome == "caught"
    assert (found[-1].outcome, found[-1].position) == ("not", 0)
    assert probabilities == sorted(probabilities, reverse=True)


@pytest.mark.parametrize(
    ("share", "outcome"),
    [(1.001, "caught"), (0.999, "nearly"), (0.501, "nearly"), (0.499, "not")],
)
def test_half_of_the_threshold_is_nearly(house: House, share: float, outcome: str) -> None:
    """From the threshold on a text is caught, from half of it nearly, below that not."""
    probability = findings(house, fit(house, None, SAMPLES[1]))[1].match.probability
    text = findings(house, fit(house, None, SAMPLES[1]))[1].text
    fitted = fit(house, None, SAMPLES[1], sensitivity=1 - probability / share)

    assert NEARLY == 0.5
    assert house.preview.judge(fitted, 0, text).outcome == outcome


def test_a_preview_agrees_with_the_live_incident(house: House) -> None:
    """What a preview says of a text is what the incident says once it is stored."""
    fitted = fit(house, None, *SAMPLES)
    house.create("live", *SAMPLES)

    for text in TEXTS:
        previewed, live = house.preview.judge(fitted, 0, text).match, house.explain(text, "live")
        assert previewed.hit == live.hit
        assert previewed.probability == pytest.approx(live.probability, abs=1e-6)


def test_a_preview_stores_nothing(house: House) -> None:
    """No incident and no change comes of it."""
    marker = house.database.marker()
    findings(house, fit(house, None, *SAMPLES))

    assert house.database.marker() == marker
    assert house.incidents.names() == []


def test_samples_count_on_top_of_an_incident(house: House) -> None:
    """With a name, the incident's own samples and sensitivity count, too."""
    house.create("scam", SAMPLES[0], sensitivity=0.3)
    fitted = fit(house, "scam", SAMPLES[1])

    assert [sample.text for sample in fitted.samples.values()] == list(SAMPLES)
    assert fitted.threshold == pytest.approx(0.7)
    assert fit(house, "scam", sensitivity=0.9).threshold == pytest.approx(0.1)


def test_samples_of_an_older_encoder_are_read_again(house: House) -> None:
    """Stored samples that were read by other rules are read anew for the preview."""
    house.create("scam", *SAMPLES)
    with house.database.transaction() as tx:
        tx.execute("update incident_sample set reading = 'older'")
        tx.execute("delete from incident_vector")

    assert house.preview.judge(fit(house, "scam"), 0, TEXTS[3]).outcome == "caught"


def test_a_preview_needs_samples(house: House) -> None:
    """Neither none nor more than an incident may have."""
    house.create("empty")
    one = house.reader.sample("one")

    with pytest.raises(InvalidRequestBody, match="1 to 1000 samples"):
        fit(house, "empty")
    with pytest.raises(InvalidRequestBody, match="1 to 1000 samples"):
        house.preview.fit(None, [one] * (MAX_SAMPLES + 1), None)
    assert len(house.preview.fit(None, [one] * MAX_SAMPLES, None).samples) == MAX_SAMPLES


def test_an_unknown_incident_is_refused(house: House) -> None:
    """A preview on top of an incident needs that incident."""
    with pytest.raises(ResourceNotFound):
        fit(house, "absent", "one")
