"""What is found in pictures is counted."""

from quell.analyze.domain import Category, IncidentQuestion
from quell.analyze.image_domain import ImageQuestion, MemeQuestion
from quell.monitor.domain import Key
from quell.monitor.tally import Tally
from tests.analyze.sights import Sights, blank
from tests.house import House
from tests.incidents.pictures import add_images, file_of, image_hits
from tests.monitor.test_tally import Hand


def test_verdicts_over_pictures_are_counted() -> None:
    """Severities and hits; a verdict that was halted has no severities, an explanation counts for nothing."""
    tally = Tally(Hand())
    analysis = Sights(nudity=4, hits=frozenset({"badge"}), witness=tally).analysis()
    categories = (Category.SEXUAL,)
    asked = IncidentQuestion(("badge", "flag"), halt_on_hit=False)
    analysis.analyze(blank(), ImageQuestion(categories, asked))
    analysis.analyze(blank(), ImageQuestion(categories, IncidentQuestion(("badge",), halt_on_hit=True)))
    analysis.analyze_with_text(blank(), MemeQuestion("hello", categories))
    analysis.explain(blank(), categories, ("badge",))

    assert tally.counts() == {
        Key(100, "severity", "image/Sexual/4"): 2,
        Key(100, "incident", "image/badge"): 2,
        Key(100, "recent", "image/badge/0"): 2,
        Key(100, "verdict", "image/match"): 2,
        Key(100, "verdict", "image/4"): 1,
    }


def test_detected_pictures_are_counted(house: House) -> None:
    """A hit counts for the image incident, not for a text incident of that name."""
    client = house.client()
    add_images(client, "badge", file_of(1))
    assert image_hits(client, file_of(1), "badge") == ["badge"]
    found = client.get("/quell/monitor").json()["totals"]["incidents"]

    assert found == [{"medium": "image", "incidentName": "badge", "count": 1}]
