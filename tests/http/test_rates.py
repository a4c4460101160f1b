"""How often a key may ask."""

import pytest
from fastapi.testclient import TestClient
from starlette.datastructures import Headers
from tests.http.toy import ANALYZE, INCIDENT, PREVIEW, toy_client

from quell.http.auth import Principal, Refusal
from quell.http.operations import load_operations
from quell.http.rates import TIERS, Meter, Rate, group_of, read_rate


class Clock:
    """Stands still until it is moved."""

    now = 0.0

    def __call__(self) -> float:
        """Return the time in seconds."""
        return self.now


class Limited:
    """Takes everyone for one principal with a rate."""

    def __init__(self, rate: str) -> None:
        self._principal = Principal("frontend", rate=rate)

    def identify(self, headers: Headers, address: str = "") -> Principal | Refusal:
        """Return it."""
        return self._principal

    def accepts(self, headers: Headers, address: str = "") -> bool:
        """Return that it may ask."""
        return True


def client(rate: str) -> TestClient:
    """Return a client whose key has a rate."""
    return TestClient(toy_client(authenticator=Limited(rate)).app)


@pytest.mark.parametrize(
    ("text", "rate"), [("10/s", Rate(10, 1)), ("1000/10s", Rate(1000, 10)), ("1/3600s", Rate(1, 3600))]
)
def test_a_rate_is_read(text: str, rate: Rate) -> None:
    """A count, and the seconds that it is for."""
    assert read_rate(text) == {"": rate}


@pytest.mark.parametrize("text", ["", "ten/s", "0/s", "5/0s", "5/s ", "5", "S2", "5/10m", "5/100000s"])
def test_what_is_no_rate_is_none(text: str) -> None:
    """Nothing is guessed."""
    assert read_rate(text) is None


def test_the_tiers_are_those_that_were_published() -> None:
    """F0: 5 a second; S0: 1,000 in 10 seconds, and 10 a second for images with text."""
    assert set(TIERS["F0"].values()) == {Rate(5, 1)}
    assert TIERS["S0"]["moderation"] == TIERS["S0"]["incidents"] == Rate(1000, 10)
    assert TIERS["S0"]["multimodal"] == Rate(10, 1)
    assert {group_of(operation) for operation in load_operations().rows} == set(TIERS["S0"])


def test_a_bucket_gives_its_count_and_then_one_by_one() -> None:
    """After a pause all of the count is there at once; then a request a share of the time."""
    clock = Clock()
    meter = Meter(clock)
    rate = Rate(4, 2)

    assert [meter.wait("a", "", rate) for _ in range(4)] == [0.0] * 4
    assert meter.wait("a", "", rate) == pytest.approx(0.5)
    assert meter.wait("b", "", rate) == meter.wait("a", "other", rate) == 0.0
    clock.now = 0.5
    assert meter.wait("a", "", rate) == 0.0
    assert meter.wait("a", "", rate) == pytest.approx(0.5)
    clock.now = 10.0
    assert [meter.wait("a", "", rate) == 0.0 for _ in range(5)] == [True] * 4 + [False]


def test_refused_requests_do_not_push_the_end_away() -> None:
    """A client that hammers waits no longer than one that waits."""
    clock = Clock()
    meter = Meter(clock)
    waits = [meter.wait("a", "", Rate(1, 10)) for _ in range(1_000)]
    clock.now = 10.0

    assert (waits[0], waits[-1]) == (0.0, 10.0)
    assert meter.wait("a", "", Rate(1, 10)) == 0.0


def test_the_memory_of_rates_is_bounded() -> None:
    """The one that asked least recently is forgotten."""
    meter = Meter(Clock(), buckets=2)
    for name in ("a", "b", "c"):
        meter.wait(name, "", Rate(1, 10))

    assert [meter.wait(name, "", Rate(1, 10)) > 0 for name in ("c", "b")] == [True, True]
    assert meter.wait("a", "", Rate(1, 10)) == 0.0


def test_above_the_rate_is_429_in_the_gateway_s_words() -> None:
    """The answer names operation, api-version and rate, and Retry-After has the seconds of the message."""
    asking = client("2/100s")
    statuses = [asking.post(ANALYZE, json={"text": "hello"}).status_code for _ in range(2)]
    answer = asking.post(ANALYZE, json={"text": "hello"})

    error = answer.json()["error"]
    assert statuses == [200, 200]
    assert (answer.status_code, error["code"], set(error)) == (429, "429", {"code", "message"})
    assert answer.headers["x-ms-error-code"] == "429"
    assert answer.headers["Retry-After"] == "50"
    for words in ("TextOperations_AnalyzeText", PREVIEW, "2/100s", "after 50 seconds"):
        assert words in error["message"]


def test_a_plain_rate_counts_all_operations_and_a_tier_each_group() -> None:
    """With F0 five analyses do not use up the incidents; with 5/s they do."""
    for rate, status in (("5/3600s", 429), ("F0", 200)):
        asking = client(rate)
        for _ in range(5):
            asking.post(ANALYZE, json={"text": "hello"})

        assert asking.get(f"{INCIDENT}?api-version={PREVIEW}").status_code == status


def test_without_a_rate_nobody_is_counted() -> None:
    """The plain keys of before are as free as they were."""
    asking = toy_client()

    assert {asking.get(f"{INCIDENT}?api-version={PREVIEW}").status_code for _ in range(50)} == {200}
