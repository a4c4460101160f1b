"""Incidents and harm categories over a picture, halting where asked; the worst evidence decides."""

from collections.abc import Mapping, Sequence

from quell.analyze.coverage import check_coverage
from quell.analyze.domain import Category, CategoryExplanation, IncidentQuestion, OutputType, Severity
from quell.analyze.harm import HarmAnalyzer
from quell.analyze.image_domain import (
    Coverage,
    ImageExplanation,
    ImageQuestion,
    ImageVerdict,
    MemeQuestion,
    worst,
)
from quell.analyze.image_evidence import ImageIncidents, Nudity, PictureText, Scenes, Symbols
from quell.observability.stages import stage
from quell.ocr import joined
from quell.pictures.domain import Picture
from quell.scenes import SceneLevel
from quell.witness import NOBODY, Witness

TEXT_LIMIT = 10_000
"""Code points of the text in a picture that are judged."""

JOINED_LIMIT = 1_000
"""Code points of the text in a picture that are judged together with a text beside it."""


class ImageAnalysis:
    """Analyses pictures; runs on a worker, because it runs models."""

    def __init__(
        self,
        *,
        nudity: Nudity,
        text: PictureText,
        harm: HarmAnalyzer,
        incidents: ImageIncidents,
        symbols: Symbols,
        scenes: Scenes | None = None,
        covered: Mapping[Category, Coverage],
        required: Coverage = Coverage.NONE,
        witness: Witness = NOBODY,
    ) -> None:
        self.covered = covered
        self._nudity = nudity
        self._text = text
        self._harm = harm
        self._incidents = incidents
        self._symbols = symbols
        self._scenes = scenes
        self.required = required
        self._witness = witness

    def check(self, categories: Sequence[Category]) -> None:
        """Refuse what the operator does not want judged on so little; costs nothing."""
        check_coverage(self.covered, categories, self.required)

    def analyze(self, picture: Picture, question: ImageQuestion) -> ImageVerdict:
        """Return the verdict over one picture; a halt leaves out the harm categories."""
        hits = self._hits(picture, question.incidents)
        if hits and question.incidents is not None and question.incidents.halt_on_hit:
            return self._told(ImageVerdict((), hits))
        found = self._seen(picture, question.categories)
        found += self._said(self._read(picture, TEXT_LIMIT), question.categories)
        return self._told(ImageVerdict(worst(question.categories, found), hits))

    def analyze_with_text(self, picture: Picture, question: MemeQuestion) -> ImageVerdict:
        """Return the verdict over a picture and a text beside it: each alone, and both texts joined."""
        inside = self._read(picture, JOINED_LIMIT) if question.read_picture else ""
        texts = [text for text in (question.text, inside) if text]
        if len(texts) > 1:
            texts.append("\n".join(texts))
        found = self._seen(picture, question.categories)
        for text in texts:
            found += self._said(text, question.categories)
        return self._told(ImageVerdict(worst(question.categories, found)))

    def explain(
        self, picture: Picture, categories: Sequence[Category], incidents: Sequence[str] | None = None
    ) -> ImageExplanation:
        """Return the verdict over one picture with what each kind of evidence and each incident found."""
        matches = None
        if incidents is not None:
            matches = self._incidents.explain(picture, incidents, "incidents.incidentNames")
        nudity = self._nudity.read(picture) if Category.SEXUAL in categories else None
        lines = self._text.read(picture)
        text = joined(lines, TEXT_LIMIT)
        words: Sequence[CategoryExplanation] = self._harm.explain(text, categories) if text.strip() else ()
        symbols = self._symbols.find(picture, categories)
        found = [Severity(one.category, one.severity) for one in words]
        found += [severity for _, severity in symbols]
        if nudity is not None:
            found.append(Severity(Category.SEXUAL, nudity.severity))
        scenes = self._shown(picture, categories)
        found += [Severity(category, one.severity) for category, one in scenes.items()]
        return ImageExplanation(
            severities=worst(categories, found),
            coverage={category: self.covered[category] for category in categories},
            nudity=nudity,
            lines=lines,
            text=text,
            words=words,
            symbols=symbols,
            matches=matches,
            scenes=scenes if self._scenes else None,
        )

    def _told(self, verdict: ImageVerdict) -> ImageVerdict:
        for severity in verdict.severities:
            self._witness.severity("image", severity.category.value, severity.level)
        for name in verdict.incidents or ():
            self._witness.incident("image", name)
        highest = max((severity.level for severity in verdict.severities), default=0)
        self._witness.verdict("image", highest, matched=bool(verdict.incidents))
        return verdict

    def _seen(self, picture: Picture, categories: Sequence[Category]) -> list[Severity]:
        found = [severity for _, severity in self._symbols.find(picture, categories)]
        if Category.SEXUAL in categories:
            with stage("nudity"):
                found.append(Severity(Category.SEXUAL, self._nudity.read(picture).severity))
        shown = self._shown(picture, categories)
        return found + [Severity(category, one.severity) for category, one in shown.items()]

    def _shown(self, picture: Picture, categories: Sequence[Category]) -> Mapping[Category, SceneLevel]:
        if self._scenes is None or not {one.value for one in categories} & set(self._scenes.categories):
            return {}
        with stage("scenes"):
            levels = self._scenes.read(picture)
        return {category: levels[category.value] for category in categories if category.value in levels}

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
