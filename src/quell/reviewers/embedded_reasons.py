"""Says in one or two sentences what decided a review: only what was measured, never invented prose."""

from dataclasses import dataclass

from quell.reviewers.domain import spoken

_QUOTED = 80


@dataclass(frozen=True, slots=True)
class Near:
    """An example close to the text: how it begins, its label, and its cosine to the text, -1 to 1."""

    text: str
    label: str
    similarity: float


@dataclass(frozen=True, slots=True)
class Carried:
    """The part of the text without which the label loses most, and the label that is left without it."""

    text: str
    label: str


@dataclass(frozen=True, slots=True)
class Grounds:
    """What decided: the label, how likely it is, the runner-up, the nearest examples, what carried it.

    `nearest` holds the nearest examples, the nearest first; `fitting` is the nearest one of the label itself.
    """

    label: str
    confidence: float
    rest: bool
    second: str
    second_confidence: float
    nearest: tuple[Near, ...] = ()
    fitting: Near | None = None
    carried: Carried | None = None


def reasoning(grounds: Grounds) -> str:
    """Return the reasons as text."""
    return f"{_decided(grounds)}{_part(grounds)}. {_sure(grounds)}"


def _decided(grounds: Grounds) -> str:
    label, fitting = grounds.label, grounds.fitting
    if fitting is None:
        if grounds.rest:
            return f"No label is close enough; the closest is {grounds.second}"
        return f"The description of {label} is the closest"
    example = f"its example {quoted(fitting.text)} (similarity {fitting.similarity:.2f})"
    count, of = sum(near.label == label for near in grounds.nearest), len(grounds.nearest)
    if not count:
        return (
            f"{label} fits best as a whole, its nearest being {example}, "
            f"although the nearest of all is of {grounds.nearest[0].label}"
        )
    if grounds.rest and fitting.similarity < _FAINT:
        return f"No label is close, and neither is any example; the closest label is {grounds.second}"
    if of == 1:
        return f"The only example is of {label}, {example}"
    share = f"All {of}" if count == of else f"{_NUMBERS[count]} of the {of}"
    verb = "is" if count == 1 else "are"
    return f"{share} nearest examples {verb} {label}, such as {example}"


def _part(grounds: Grounds) -> str:
    carried = grounds.carried
    if carried is None:
        return ""
    if carried.label != grounds.label:
        return f"; the part {quoted(carried.text)} decided, without it the answer would be {carried.label}"
    return f"; the part {quoted(carried.text)} counted most"


def _sure(grounds: Grounds) -> str:
    sure = f"Confidence {spoken(grounds.confidence)}"
    if grounds.second_confidence < _WORTH_SAYING:
        return f"{sure}."
    return f"{sure}, next {grounds.second} with {grounds.second_confidence:.2f}."


def quoted(text: str) -> str:
    """Return the beginning of a text in quotation marks, on one line."""
    line = " ".join(text.split())
    return f'"{line}"' if len(line) <= _QUOTED else f'"{line[: _QUOTED - 1].rstrip()}…"'


_WORTH_SAYING = 0.1
_FAINT = 0.25
_NUMBERS = ("None", "One", "Two", "Three")
