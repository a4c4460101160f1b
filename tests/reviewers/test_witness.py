"""Who hears of the labels that auto reviewers give."""

from collections import Counter

from quell.witness import Nobody
from tests.reviewers.bench import Bench


class Ear(Nobody):
    """Hears labels."""

    def __init__(self) -> None:
        self.heard: Counter[tuple[str, str]] = Counter()

    def review(self, reviewer: str, label: str) -> None:
        """Hear of a label."""
        self.heard[reviewer, label] += 1


def test_each_reviewed_text_is_heard_of_once_and_a_comparison_is_not(bench: Bench) -> None:
    """The protocol's call, Quell's own, and each good line of a file; trying versions is no traffic."""
    ear = Ear()
    api = bench.client(ear)
    api.put("shop")
    bench.work()
    label = api.review("shop", "selling a kettle").json()["labelName"]
    own = {"text": "selling a kettle", "autoReviewerName": "shop"}
    assert api.client.post("/quell/text:review", json=own).status_code == 200
    lines = b'{"text": "selling a kettle"}\n{"text": 1}\n{"text": "selling a kettle"}\n'
    assert len(api.send_lines("/autoReviewers/shop:review", lines).text.splitlines()) == 3
    rows = b'{"text": "selling a kettle", "labelName": "%s"}' % label.encode()
    compared = api.send_lines("/autoReviewers/shop:compare?first=1&second=1", rows)

    assert compared.status_code == 200
    assert ear.heard == {("shop", label): 4}
