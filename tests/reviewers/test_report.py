"""The job behind a report, and where its next attempt goes on."""

import pytest

from quell.reviewers.domain import Review
from quell.reviewers.report import pack_reviews, unpack_reviews
from tests.reviewers.bench import LABELS, Api, Bench

EXAMPLES = [
    {"text": f"{words} {number}", "labelName": label}
    for number in range(5)
    for words, label in (("kettle for cash", "Sale"), ("kettle level", "GameTalk"), ("violin", "Other"))
]
FOLDS = 5


def test_after_a_crash_the_folds_that_are_done_are_not_built_again(bench: Bench, api: Api) -> None:
    """The second attempt goes on, and its report is that of an attempt that was never interrupted."""
    for name in ("Calm", "Forum"):
        body = {"labels": LABELS, "examples": EXAMPLES}
        assert api.own("PUT", f"/autoReviewers/{name}", body).status_code == 201
    bench.work()
    api.own("POST", "/autoReviewers/Calm/versions/1:report")
    bench.work()
    before = bench.engine.built

    def crash() -> None:
        if bench.engine.built == before + 3:
            raise KeyboardInterrupt

    bench.engine.during = crash
    api.own("POST", "/autoReviewers/Forum/versions/1:report")
    with pytest.raises(KeyboardInterrupt):
        bench.work()
    bench.engine.during = lambda: None
    bench.clock.now += 60_000_000
    bench.work()
    calm, forum = (
        api.own("GET", f"/autoReviewers/{name}/versions/1/report").json() for name in ("Calm", "Forum")
    )

    assert bench.engine.built == before + FOLDS
    assert (calm["state"], forum["state"]) == ("done", "done")
    assert forum["report"] == calm["report"]


def test_what_another_revision_reviewed_is_not_taken_up() -> None:
    """Only reviews of the same revision of the engine go into one report."""
    reviews = {3: Review("Sale", "because", 0.5, "embedded")}
    kept = pack_reviews("1", reviews)

    assert unpack_reviews("1", kept) == reviews
    assert unpack_reviews("2", kept) == unpack_reviews("1", None) == {}
