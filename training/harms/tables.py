"""Tables of Markdown, as the model card has them."""

from collections.abc import Iterable
from typing import Any

Table = dict[str, Any]


def number(value: float | None, digits: int = 3) -> str:
    """Write a number with so many digits, a dash for none."""
    return "–" if value is None else f"{value:.{digits}f}"


def percent(value: float | None) -> str:
    """Write a share, 0 to 1, in per cent."""
    return "–" if value is None else f"{100 * value:.1f} %"


def table(head: Iterable[str], body: Iterable[Iterable[object]]) -> list[str]:
    """Give the lines of a table, an empty one last."""
    head = list(head)
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return [*lines, *("| " + " | ".join(str(v) for v in row) + " |" for row in body), ""]
