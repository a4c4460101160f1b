"""Witnesses are told of findings together."""

from typing import Any

from quell.witness import NOBODY, Several


class Ear:
    """Notes what it hears."""

    def __init__(self) -> None:
        self.heard: list[tuple[Any, ...]] = []

    def severity(self, *told: object) -> None:
        """Note it."""
        self.heard.append(("severity", *told))

    def incident(self, *told: object) -> None:
        """Note it."""
        self.heard.append(("incident", *told))

    def term(self, *told: object) -> None:
        """Note it."""
        self.heard.append(("term", *told))

    def verdict(self, medium: str, worst: int, *, matched: bool) -> None:
        """Note it."""
        self.heard.append(("verdict", medium, worst, matched))

    def review(self, *told: object) -> None:
        """Note it."""
        self.heard.append(("review", *told))


def test_all_witnesses_hear_the_same() -> None:
    """Each finding reaches each of them; nobody costs nothing."""
    first, second = Ear(), Ear()
    told = Several(first, NOBODY, second)

    told.severity("text", "Hate", 2)
    told.incident("image", "scam")
    told.term("brands", "id-1")
    told.verdict("text", 4, matched=True)
    told.review("forum", "Spam")

    assert first.heard == second.heard
    assert first.heard == [
        ("severity", "text", "Hate", 2),
        ("incident", "image", "scam"),
        ("term", "brands", "id-1"),
        ("verdict", "text", 4, True),
        ("review", "forum", "Spam"),
    ]
