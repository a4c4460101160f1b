"""Incidents and harm categories over a picture, halting where asked; the worst evidence decides."""

from collections.abc import Callable, Mapping, Sequence

from quell.analyze.coverage import check_coverage, image_coverage
from quell.analyze.domain import Category, CategoryExplanation, IncidentQuestion, OutputType, Severity
from quell.analyze.harm import HarmAnalyzer
from quell.analyze.image_domain import (
    Coverage,
    ImageExplanation,
    ImageQuestion,
    ImageVerdict,
    Judged,
    MemeQuestion,
    worst,
)
from quell.analyze.image_evidence import ImageIncidents, Nudity, PictureText, Scenes, Symbols
from quell.analyze.image_scenes import SceneEvidence, severities_of, with_shown
from quell.observability.stages import stage
from quell.ocr import joined
from quell.pictures.domain import Picture
from quell.witness import NOBODY, Witness

TEXT_LIMIT = 10_000
"""Code points of the text in a picture that are judged."""

JOINED_LIMIT = 1_000
"""Code points of the text in a picture that are judged together with a text beside it."""


class ImageAnalysis:
    """Analyses pictures in two steps.

    `look…` and `explain_here` judge by what runs in this process, `rest` lets another server's model have its
    say. `analyze…` and `explain` do both, for callers that may wait.
    """

    def __init__(
        self,
        *,
        nudity: Nudity,
        text: PictureText,
        harm: HarmAnalyzer,
        incidents: ImageIncidents,
        symbols: Symbols,
        scenes: Scenes | None = None,
        required: Coverage = Coverage.NONE,
        witness: Witness = NOBODY,
    ) -> None:
        self._nudity = nudity
        self._text = text
        self._harm = harm
        self._incidents = incidents
        self._symbols = symbols
        self._scenes = SceneEvidence(scenes, required)
        self._here = scenes.categories if scenes and not scenes.waits else ()
        seen = scenes.categories if scenes else ()
        self.covered = image_coverage(nudity=True, text=True, scenes=seen)
        self._covered_by_sight = image_coverage(nudity=True, text=False, scenes=seen)
        self.scene_model = scenes.name if scenes else None
        self.required = required
        self._witness = witness

    def check(self, categories: Sequence[Category], *, text: bool = True) -> None:
        """Refuse what the operator does not want judged on so little, `text` read or not; costs nothing."""
        check_coverage(self.covered if text else self._covered_by_sight, categories, self.required)

    def analyze(self, picture: Picture, question: ImageQuestion) -> ImageVerdict:
        """Return the verdict over one picture; a halt leaves out the harm categories."""
        return self.told(self._whole(picture, self.look(picture, question)))

    def analyze_with_text(self, picture: Picture, question: MemeQuestion) -> ImageVerdict:
        """Return the verdict over a picture and a text beside it: each alone, and both texts joined."""
        return self.told(self._whole(picture, self.look_with_text(picture, question)))

    def explain(
        self, picture: Picture, categories: Sequence[Category], incidents: Sequence[str] | None = None
    ) -> ImageExplanation:
        """Return the verdict over one picture with what each kind of evidence and each incident found."""
        return self._whole(picture, self.explain_here(picture, categories, incidents))

    def rest(self, picture: Picture, found: Judged) -> Callable[[], Judged] | None:
        """Return what waits for another server's model and adds what it says; None where none is asked.

        It holds a small copy of the picture alone, so that many may wait.
        """
        if isinstance(found, ImageVerdict) and found.halted:
            return None
        ask = self._scenes.question(picture, found.coverage)
        return None if ask is None else lambda: with_shown(found, ask())

    def _whole(self, picture: Picture, found: Judged) -> Judged:
        rest = self.rest(picture, found)
        return found if rest is None else rest()

    def look(self, picture: Picture, question: ImageQuestion) -> ImageVerdict:
        """Return the verdict by what runs here."""
        hits = self._hits(picture, question.incidents)
        if hits and question.incidents is not None and question.incidents.halt_on_hit:
            whole = {category: self.covered[category] for category in question.categories}
            return ImageVerdict((), whole, hits, halted=True)
        found = self._seen(picture, question.categories)
        found += self._said(self._read(picture, TEXT_LIMIT), question.categories)
        covered = self._covered(question.categories, text=True)
        return ImageVerdict(worst(question.categories, found), covered, hits)

    def look_with_text(self, picture: Picture, question: MemeQuestion) -> ImageVerdict:
        """Return the verdict over a picture and a text by what runs here."""
        inside = self._read(picture, JOINED_LIMIT) if question.read_picture else ""
        texts = [text for text in (question.text, inside) if text]
        if len(texts) > 1:
            texts.append("\n".join(texts))
        found = self._seen(picture, question.categories)
        for text in texts:
            found += self._said(text, question.categories)
        covered = self._covered(question.categories, text=question.read_picture or bool(question.text))
        return ImageVerdict(worst(question.categories, found), covered)

    def explain_here(
        self, picture: Picture, categories: Sequence[Category], incidents: Sequence[str] | None = None
    ) -> ImageExplanation:
        """Return the explanation by what runs here."""
        matches = None
        if incidents is not None:
            matches = self._incidents.explain(picture, incidents, "incidents.incidentNames")
        nudity = self._nudity.read(picture) if Category.SEXUAL in categories else None
        lines = self._text.read(picture)
        text = joined(lines, TEXT_LIMIT)
        words: Sequence[CategoryExplanation] = self._harm.explain(text, categories) if text.strip() else ()
        symbols = self._symbols.find(picture, categories)
        scenes = self._scenes.here(picture, categories)
        found = [Severity(one.category, one.severity) for one in words]
        found += [severity for _, severity in symbols] + severities_of(scenes)
        if nudity is not None:
            found.append(Severity(Category.SEXUAL, nudity.severity))
        return ImageExplanation(
            severities=worst(categories, found),
            coverage=self._covered(categories, text=True),
            nudity=nudity,
            lines=lines,
            text=text,
            words=words,
            symbols=symbols,
            matches=matches,
            scenes=scenes if self._scenes.there else None,
        )

    def told(self, verdict: ImageVerdict) -> ImageVerdict:
        """Return a whole verdict, after it was counted."""
        for severity in verdict.severities:
            self._witness.severity("image", severity.category.value, severity.level)
        for name in verdict.incidents or ():
            self._witness.incident("image", name)
        highest = max((severity.level for severity in verdict.severities), default=0)
        self._witness.verdict("image", highest, matched=bool(verdict.incidents))
        return verdict

    def _covered(self, categories: Sequence[Category], *, text: bool) -> Mapping[Category, Coverage]:
        covered = image_coverage(nudity=True, text=text, scenes=self._here)
        return {category: covered[category] for category in categories}

    def _seen(self, picture: Picture, categories: Sequence[Category]) -> list[Severity]:
        found = [severity for _, severity in self._symbols.find(picture, categories)]
        if Category.SEXUAL in categories:
            with stage("nudity"):
                found.append(Severity(Category.SEXUAL, self._nudity.read(picture).severity))
        return found + severities_of(self._scenes.here(picture, categories))

    def _said(self, text: str, categories: Sequence[Category]) -> list[Severity]:
        if not text.strip():
            return []
        with stage("harms"):
            return list(self._harm.analyze(text, categories, OutputType.FOUR))

    def _read(self, picture: Picture, limit: int) -> str:
        with stage("ocr"):
            return joined(self._text.read(picture), limit)

    def _hits(self, picture: Picture, asked: IncidentQuestion | None) -> tuple[str, ...] | None:
        if asked is None:
            return None
        if not asked.names:
            return ()
        matches = self._incidents.detect(picture, asked.names, "incidents.incidentNames")
        return tuple(match.incident for match in matches if match.hit)
