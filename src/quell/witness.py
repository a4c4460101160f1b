"""Who is told what was found: names and numbers alone, never content."""

from typing import Protocol


class Witness(Protocol):
    """Is told of findings as they are made, from many threads; what it does takes next to no time."""

    def severity(self, medium: str, category: str, level: int) -> None:
        """Hear of the severity, 0 to 7, that something was given in a category."""

    def incident(self, medium: str, name: str) -> None:
        """Hear that an incident was hit."""

    def term(self, blocklist: str, item_id: str) -> None:
        """Hear that an item of a blocklist was found."""

    def verdict(self, medium: str, worst: int, *, matched: bool) -> None:
        """Hear of a verdict: its worst severity, 0 to 7, and whether a blocklist or an incident matched."""

    def review(self, reviewer: str, label: str) -> None:
        """Hear of the label that an auto reviewer gave."""


class Nobody:
    """A witness that forgets."""

    def severity(self, medium: str, category: str, level: int) -> None:
        """Forget it."""

    def incident(self, medium: str, name: str) -> None:
        """Forget it."""

    def term(self, blocklist: str, item_id: str) -> None:
        """Forget it."""

    def verdict(self, medium: str, worst: int, *, matched: bool) -> None:
        """Forget it."""

    def review(self, reviewer: str, label: str) -> None:
        """Forget it."""


NOBODY = Nobody()


class Several:
    """Tells several witnesses, one after the other."""

    def __init__(self, *witnesses: Witness) -> None:
        self._witnesses = tuple(one for one in witnesses if one is not NOBODY)

    def severity(self, medium: str, category: str, level: int) -> None:
        """Tell it."""
        for witness in self._witnesses:
            witness.severity(medium, category, level)

    def incident(self, medium: str, name: str) -> None:
        """Tell it."""
        for witness in self._witnesses:
            witness.incident(medium, name)

    def term(self, blocklist: str, item_id: str) -> None:
        """Tell it."""
        for witness in self._witnesses:
            witness.term(blocklist, item_id)

    def verdict(self, medium: str, worst: int, *, matched: bool) -> None:
        """Tell it."""
        for witness in self._witnesses:
            witness.verdict(medium, worst, matched=matched)

    def review(self, reviewer: str, label: str) -> None:
        """Tell it."""
        for witness in self._witnesses:
            witness.review(reviewer, label)
