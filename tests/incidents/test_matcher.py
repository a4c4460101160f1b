"""The verdict of an incident about a text."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from quell.encoders.routing import EncoderSet
from tests.doubles import TinyEncoder
from tests.house import House, build_house

SAMPLES = (
    "front row seats pay by gift card only",
    "two passes left pay by gift card no receipt",
    "last seats for the show gift card only",
)
NEAR = "pay by gift card only two front row seats left for the show"
FAR = "simmer the lentils with onion and cumin until they are soft"
FILLER = " ".join(f"filler{number}" for number in range(200))


@pytest.fixture
def two_languages(tmp_path: Path) -> Iterator[House]:
    """Return a house with a special encoder for texts that begin with "en"."""
    encoders = EncoderSet(
        TinyEncoder("general"),
        {"en": TinyEncoder("english")},
        lambda text: "en" if text.startswith("en") else "und",
    )
    built = build_house(tmp_path, encoders=encoders)
    yield built
    built.close()


def test_a_text_with_the_same_meaning_hits(house: House) -> None:
    """A text close to the samples hits without containing one."""
    house.create("ticket-scam", *SAMPLES)

    match = house.explain(NEAR, "ticket-scam")
    assert (match.hit, match.literal) == (True, False)


def test_a_text_about_something_else_does_not_hit(house: House) -> None:
    """A text far from the samples does not hit, and its probability says so."""
    house.create("ticket-scam", *SAMPLES)

    match = house.explain(FAR, "ticket-scam")
    assert not match.hit
    assert match.probability < 0.25


def test_a_hit_needs_the_threshold(house: House) -> None:
    """The same text hits or not by the incident's sensitivity: the probability must reach 1 - sensitivity."""
    house.create("some", *SAMPLES)
    probability = house.explain(NEAR, "some").probability
    house.create("just", *SAMPLES, sensitivity=1 - probability + 1e-6)
    house.create("not-quite", *SAMPLES, sensitivity=1 - probability - 1e-6)

    assert house.hits(NEAR, "just", "not-quite") == ["just"]


def test_a_literal_match_hits_at_any_sensitivity(house: House) -> None:
    """An incident that trusts nothing but words still hits word for word."""
    house.create("strict", *SAMPLES, sensitivity=0)

    assert house.hits(f"look: {SAMPLES[0]}!", "strict") == ["strict"]


def test_a_literal_match_needs_no_encoder(house: House) -> None:
    """A text that contains a sample is answered without encoding it."""
    encoder = TinyEncoder()
    house.create("ticket-scam", *SAMPLES)
    house.reader._encoders = EncoderSet(encoder)

    assert house.hits(SAMPLES[0].upper(), "ticket-scam") == ["ticket-scam"]
    assert encoder.encoded == []


def test_an_incident_without_samples_never_hits(house: House) -> None:
    """Nothing to compare with is no hit, even at the highest sensitivity."""
    house.create("empty", sensitivity=1)

    match = house.explain(NEAR, "empty")
    assert (match.hit, match.probability, match.sample, match.span) == (False, 0.0, None, None)


def test_a_blank_text_hits_nothing(house: House) -> None:
    """A text of which nothing can be read does not hit."""
    house.create("ticket-scam", *SAMPLES)

    assert house.hits(" \u200b\n ", "ticket-scam") == []


def test_a_long_text_is_read_to_its_end(house: House) -> None:
    """What matters may stand behind thousands of other words, and the window that decided is told."""
    house.create("ticket-scam", *SAMPLES)
    text = f"{FILLER} {FILLER} {FILLER} {NEAR}"

    match = house.explain(text, "ticket-scam")
    assert match.span is not None
    start, end = match.span
    assert match.hit
    assert "gift card only two" in text[start:end]
    assert end - start < len(text) / 2


def test_the_nearest_sample_is_named(house: House) -> None:
    """An explanation names the sample that is most similar to the window, and how similar it is."""
    samples = house.create("ticket-scam", *SAMPLES)

    match = house.explain("last seats for the show and gift card", "ticket-scam")
    assert match.sample == samples[2]
    assert match.similarity == pytest.approx(0.9, abs=0.1)
    assert match.encoder == "tiny"


def test_a_literal_match_is_explained_by_its_words(house: House) -> None:
    """An explanation of a literal match names the sample and the very stretch of the text."""
    samples = house.create("ticket-scam", *SAMPLES)
    text = f"Hello! {SAMPLES[1].upper()}. Bye"

    match = house.explain(text, "ticket-scam")
    assert match.sample == samples[1]
    assert match.literal
    assert match.span == (7, 7 + len(SAMPLES[1]))


def test_verdicts_come_in_the_order_of_the_names(house: House) -> None:
    """Each incident is asked once, in the order of the request."""
    for name in ("a", "b", "c"):
        house.create(name, *SAMPLES)

    assert house.hits(SAMPLES[0], "c", "a", "c", "b", "a") == ["c", "a", "b"]


def test_a_text_meets_samples_of_its_own_language_in_the_special_encoder(two_languages: House) -> None:
    """Where the special encoder has read every sample, it alone reads the text."""
    two_languages.create("scam", *(f"en {sample}" for sample in SAMPLES))

    assert two_languages.explain(f"en {NEAR}", "scam").encoder == "english"
    assert two_languages.explain(f"hi {NEAR}", "scam").encoder == "general"


def test_a_text_meets_samples_of_other_languages_in_the_general_encoder(two_languages: House) -> None:
    """One sample in another language is found from a text in the special encoder's language."""
    two_languages.create("scam", f"en {FAR}")
    two_languages.add("scam", *(f"hi {sample}" for sample in SAMPLES))

    match = two_languages.explain(f"en {NEAR}", "scam")
    assert (match.hit, match.encoder) == (True, "general")


def test_a_text_meets_samples_that_are_all_foreign(two_languages: House) -> None:
    """The special encoder may have read no sample at all."""
    two_languages.create("scam", *(f"hi {sample}" for sample in SAMPLES))

    assert two_languages.hits(f"en {NEAR}", "scam") == ["scam"]
