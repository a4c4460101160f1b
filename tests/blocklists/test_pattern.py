"""Patterns: refused at write time when they cannot be used, found in linear time when they can."""

import pytest

from quell.blocklists import pattern as module
from quell.blocklists.pattern import LARGEST_PATTERN, PatternError, PatternSet, pattern_size


def found(text: str, *patterns: str, limit: int = 1) -> list[tuple[int, str]]:
    """Return number and stretch of each match."""
    spans = PatternSet(list(enumerate(patterns))).find(text, limit)
    return [(number, text[start:end]) for number, (start, end) in spans]


@pytest.mark.parametrize(
    ("pattern", "word"),
    [
        ("[a-", "missing"),
        ("(", "missing"),
        ("*a", "repetition"),
        (r"\b(?:дом|house)\b", "never match"),
        (r"\b(é+)", "never match"),
        (r"(house|дом)\b", "never match"),
        (r"(a)\1", "escape"),
        ("(?=x)y", "operator"),
        ("(?<!x)y", "regular expression"),
        ("a{1001}", "repetition"),
        ("(a{1000}){1000}", "repetition"),
        ("((a{100}){100}){100}", "repetition"),
        (r"\p{L}{1,50}", "too large"),
        ("[^a]{450}", "instructions"),
        ("x*", "empty text"),
        (r"\b", "empty text"),
        (r"acme|\b", "empty text"),
        (r"\b(acme|)\b", "empty text"),
        ("^$", "empty text"),
        ("a|", "empty text"),
        (r"\bдом\b", r"\b"),
        ("\\p{Nothing}", "character class"),
    ],
)
def test_an_unusable_pattern_is_refused(pattern: str, word: str) -> None:
    """The reason is given in words, and without the pattern itself."""
    with pytest.raises(PatternError, match=r"^must ") as refused:
        pattern_size(pattern)

    assert word in str(refused.value)


@pytest.mark.parametrize(
    "pattern", [r"\\bé", r"acme\b“", r"replica\d{3}", "(a+)+$", "(x+x+)+y", r"\bacme\b", r"caf[eé]\b", "дом"]
)
def test_a_usable_pattern_has_a_size(pattern: str) -> None:
    """Patterns that blow up in backtracking engines are small here."""
    assert 0 < pattern_size(pattern) <= LARGEST_PATTERN


def test_the_largest_pattern_is_just_accepted() -> None:
    """The limit is on the size of the compiled pattern."""
    size = pattern_size("a{900}")

    assert 900 < size < 1000


def test_case_makes_no_difference() -> None:
    """Latin and Cyrillic letters alike."""
    assert found("REPLICA501 ДОМ", r"replica\d+", "дом") == [(0, "REPLICA501"), (1, "ДОМ")]


def test_spans_count_code_points() -> None:
    """Characters of one to four bytes stand before and in the match."""
    assert found("é茶😀 replica501 茶😀x", r"replica\d+", "茶.x") == [(0, "replica501"), (1, "茶😀x")]


def test_only_as_many_matches_as_asked_for() -> None:
    """The first places, in order, without overlap."""
    assert found("é1 é22 é333", r"é\d+", limit=2) == [(0, "é1"), (0, "é22")]


def test_more_patterns_than_one_set_holds() -> None:
    """Numbers stay right over the border of a set."""
    patterns = [f"item{number}x" for number in range(250)]

    assert found("item3x item100x item199x item249x", *patterns) == [
        (3, "item3x"),
        (100, "item100x"),
        (199, "item199x"),
        (249, "item249x"),
    ]


def test_numbers_are_those_of_the_items() -> None:
    """Patterns keep the numbers they came with."""
    assert list(PatternSet([(7, "acme"), (9, "tea")]).find("tea")) == [(9, (0, 3))]


class SilentSet:
    """A set that ran out of memory: RE2 then says the same as for "nothing found"."""

    def Match(self, text: bytes) -> None:  # noqa: N802 - RE2's name
        """Find nothing."""


@pytest.mark.parametrize("broken", [None, SilentSet()])
def test_a_failed_set_does_not_hide_a_match(monkeypatch: pytest.MonkeyPatch, broken: object) -> None:
    """Where the set fails to compile or to answer, each pattern is asked alone."""
    monkeypatch.setattr(module, "_compile_set", lambda patterns: broken)

    assert found("see replica501", "acme", r"replica\d+") == [(1, "replica501")]


@pytest.mark.parametrize("pattern", ["(a+)+$", "(a|aa)+$", "(a|a?)+b", "(.*a){20}b", "[ab].{400}c"])
def test_patterns_made_to_blow_up_answer(pattern: str) -> None:
    """Ten thousand characters are read in one go; a backtracking engine would take years."""
    assert pattern_size(pattern)
    assert found("a" * 10_000 + "!", pattern) == []
