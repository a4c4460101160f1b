"""How much of a picture stands behind a verdict, by category, and the refusal where it is too little."""

from collections.abc import Mapping, Sequence

from quell.analyze.domain import Category
from quell.analyze.image_domain import IMAGE_CATEGORIES, Coverage
from quell.errors import NotImplementedYet

HEADER = "quell-coverage"
"""The header of an answer that says what its verdict rests on."""


def image_coverage(*, nudity: bool, text: bool, scenes: Sequence[str] = ()) -> Mapping[Category, Coverage]:
    """Return the coverage of each category by the evidence at hand; `scenes` are those judged by pixels."""
    words = Coverage.TEXT_ONLY if text else Coverage.NONE
    covered = dict.fromkeys(IMAGE_CATEGORIES, words)
    if nudity:
        covered[Category.SEXUAL] = Coverage.FULL
    for category in IMAGE_CATEGORIES:
        if category.value in scenes:
            covered[category] = Coverage.FULL
    return covered


def check_coverage(
    covered: Mapping[Category, Coverage], categories: Sequence[Category], required: Coverage
) -> None:
    """Refuse categories that are covered less than the operator requires."""
    short = [one for one in categories if covered[one].rank < required.rank]
    if not short:
        return
    named = ", ".join(f"'{one.value}' is covered {covered[one].value}" for one in short)
    raise NotImplementedYet(
        f"This server is set to judge pictures only with the coverage '{required.value}', and {named}. "
        "Ask for the other categories, or lower the setting required_image_coverage.",
        target="categories",
    )


def coverage_header(covered: Mapping[Category, Coverage], categories: Sequence[Category]) -> dict[str, str]:
    """Return the header for the categories of an answer."""
    return {HEADER: ", ".join(f"{one.value}={covered[one].value}" for one in categories)}
