"""What a model of the operator's says of a picture: it runs here, or another server is asked for it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial

import structlog

from quell.analyze.coverage import check_coverage
from quell.analyze.domain import Category, Severity
from quell.analyze.image_domain import Coverage, ImageExplanation, Judged, worst
from quell.analyze.image_evidence import Levels, Scenes
from quell.errors import InternalError, NotImplementedYet, ServerBusy, TooManyRequests
from quell.observability.stages import stage
from quell.pictures.domain import Picture
from quell.scenes import SceneLevel

Shown = Mapping[Category, SceneLevel]

_log = structlog.get_logger("quell.analyze")


class SceneEvidence:
    """Asks the model for the categories that it judges.

    Where another server does not answer and the model is `lenient`, a verdict goes on without it, as far as
    what is `required` allows: the coverage of that one verdict is then lower.
    """

    def __init__(self, scenes: Scenes | None, required: Coverage = Coverage.NONE) -> None:
        self._scenes = scenes
        self._required = required

    @property
    def there(self) -> bool:
        """Whether there is a model."""
        return self._scenes is not None

    def here(self, picture: Picture, categories: Sequence[Category]) -> Shown:
        """Return what the model says where it runs in this process."""
        if self._scenes is None or self._scenes.waits or not self._judged(categories):
            return {}
        with stage("scenes"):
            levels = self._scenes.read(picture)
        return self._of_asked(levels, categories)

    def question(self, picture: Picture, covered: Mapping[Category, Coverage]) -> Callable[[], Shown] | None:
        """Return what asks another server's model; None where none has to be. `covered` stands without it.

        Where the model fails and the verdict may do without, nothing is answered; else its failure is raised.
        """
        if self._scenes is None or not self._scenes.waits or not self._judged(tuple(covered)):
            return None
        return partial(self._ask, self._scenes.question(picture), covered, lenient=self._scenes.lenient)

    def _ask(
        self, question: Callable[[], Levels], covered: Mapping[Category, Coverage], *, lenient: bool
    ) -> Shown:
        try:
            with stage("scenes"):
                levels = question()
            return self._of_asked(levels, tuple(covered))
        except (TooManyRequests, ServerBusy, InternalError) as failed:
            if not lenient or not self._enough(covered):
                raise
            _log.warning("vision-model-failed", reason=failed.message)
            return {}

    def _enough(self, covered: Mapping[Category, Coverage]) -> bool:
        try:
            check_coverage(covered, tuple(covered), self._required)
        except NotImplementedYet:
            return False
        return True

    def _judged(self, categories: Sequence[Category]) -> Sequence[Category]:
        known = self._scenes.categories if self._scenes else ()
        return [category for category in categories if category.value in known]

    def _of_asked(self, levels: Levels, categories: Sequence[Category]) -> Shown:
        return {category: levels[category.value] for category in self._judged(categories)}


def severities_of(shown: Shown) -> list[Severity]:
    """Return what the scenes of a picture count for."""
    return [Severity(category, level.severity) for category, level in shown.items()]


def with_shown(found: Judged, shown: Shown) -> Judged:
    """Return a verdict or an explanation with what a model said later: the worst counts, more is covered."""
    if not shown:
        return found
    whole = replace(
        found,
        severities=worst(tuple(found.coverage), [*found.severities, *severities_of(shown)]),
        coverage={
            category: Coverage.FULL if category in shown else covered
            for category, covered in found.coverage.items()
        },
    )
    return replace(whole, scenes=shown) if isinstance(whole, ImageExplanation) else whole
