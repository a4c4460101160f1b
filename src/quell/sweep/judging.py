"""What one row hits: the same services that answer requests, asked about stored content."""

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field

from quell.analyze.domain import Category, OutputType
from quell.analyze.harm import HarmAnalyzer
from quell.analyze.image_domain import ImageQuestion
from quell.analyze.image_service import ImageAnalysis
from quell.blocklists.matcher import BlocklistMatcher
from quell.errors import InvalidRequestBody, QuellError, TextRefused
from quell.http.errors import unexpected
from quell.incidents.assembly import TextIncidents
from quell.incidents.domain import TEXT_LENGTH, Match
from quell.incidents.image_detection import ImageDetection
from quell.incidents.matcher import FittedIncident, explain, match
from quell.pictures.decoder import PictureDecoder
from quell.reviewers.desk import Seated
from quell.sweep.domain import Fault, Hit, Item, Judged, Question
from quell.text.normalise import normalise

_FAULTS = {"code": "InternalError", "message": "An unexpected error happened; the log has it."}


@dataclass(frozen=True, slots=True)
class TextServices:
    """What texts are asked of; None where a question does not need it."""

    incidents: TextIncidents | None = None
    harm: HarmAnalyzer | None = None
    blocklists: BlocklistMatcher | None = None
    reviewers: Sequence[Seated] = ()


@dataclass(frozen=True, slots=True)
class ImageServices:
    """What pictures are asked of; None where a question does not need it."""

    decoder: PictureDecoder
    incidents: ImageDetection | None = None
    analysis: ImageAnalysis | None = None


@dataclass(slots=True)
class RowJudge:
    """Judges texts and pictures; `held` is closed with it."""

    question: Question
    texts: TextServices
    images: ImageServices | None = None
    held: ExitStack = field(default_factory=ExitStack)

    def judge(self, item: Item) -> Judged:
        """Return the row's hits, or what is wrong with it."""
        if item.fault is not None:
            return _faulty(item, "InvalidRow", item.fault)
        try:
            if item.picture is not None:
                return self._picture(item, item.picture)
            return self._text(item, item.text or "")
        except (InvalidRequestBody, TextRefused) as error:
            return _faulty(item, error.code, error.message)
        except QuellError:
            raise  # a server that is asked did not answer: the row is not to blame, another try may help
        except Exception as error:  # noqa: BLE001 - one row must not end the sweep, whatever is wrong with it
            unexpected(error)
            return _faulty(item, _FAULTS["code"], _FAULTS["message"])

    def close(self) -> None:
        """Give everything back."""
        self.held.close()

    def _text(self, item: Item, text: str) -> Judged:
        if not 0 < len(text) <= TEXT_LENGTH:
            raise InvalidRequestBody(
                "The text is empty."
                if not text
                else f"The text has {len(text):,} characters; at most {TEXT_LENGTH:,} are judged."
            )
        hits = [*self._incidents(text)]
        severities: dict[str, int] = {}
        if self.texts.harm is not None:
            asked = [Category(name) for name in self.question.categories]
            found = self.texts.harm.analyze(text, asked, OutputType.FOUR)
            severities = {one.category.value: one.level for one in found}
            hits += self._categories(severities)
        return Judged(item, (*hits, *self._listed(text), *self._reviews(text)), severities)

    def _incidents(self, text: str) -> Sequence[Hit]:
        incidents = self.texts.incidents
        if incidents is None:
            return ()
        reading = incidents.reader.text(text)

        def judge(incident: FittedIncident) -> Match | None:
            # Only what hits is explained: what was encoded is not encoded again.
            return explain(reading, incident) if match(reading, incident).hit else None

        found = incidents.index.ask(self.question.incidents, reading, "incidents", judge)
        return [_incident_hit(one) for one in found if one is not None]

    def _categories(self, severities: dict[str, int]) -> list[Hit]:
        return [
            Hit("category", name, severity=level)
            for name, level in severities.items()
            if level >= self.question.severity
        ]

    def _listed(self, text: str) -> list[Hit]:
        if self.texts.blocklists is None:
            return []
        found = self.texts.blocklists.match(text, normalise(text), self.question.blocklists, "blocklists")
        return [
            Hit("blocklist", one.blocklist, item=one.item_id, why=one.item_text, start=one.start, end=one.end)
            for one in found
        ]

    def _reviews(self, text: str) -> list[Hit]:
        hits = []
        for seated in self.texts.reviewers:
            review = seated.review(text)
            if not self.question.labels or review.label in self.question.labels:
                hits.append(
                    Hit(
                        "reviewer",
                        seated.version.reviewer,
                        label=review.label,
                        probability=round(review.confidence, 4),
                        why=review.reasoning,
                    )
                )
        return hits

    def _picture(self, item: Item, content: bytes) -> Judged:
        if self.images is None:
            raise LookupError("a question without pictures was asked about one")
        picture = self.images.decoder.decode(content, "image")
        hits: list[Hit] = []
        if self.images.incidents is not None:
            found = self.images.incidents.explain(picture, self.question.image_incidents, "imageIncidents")
            hits += [
                Hit(
                    "incident",
                    one.incident,
                    probability=round(one.probability, 4),
                    item=one.sample_id,
                    why=one.how,
                )
                for one in found
                if one.hit
            ]
        severities: dict[str, int] = {}
        if self.images.analysis is not None:
            asked = tuple(Category(name) for name in self.question.categories)
            verdict = self.images.analysis.analyze(picture, ImageQuestion(asked))
            severities = {one.category.value: one.level for one in verdict.severities}
            hits += self._categories(severities)
        return Judged(item, tuple(hits), severities)


def _faulty(item: Item, code: str, message: str) -> Judged:
    return Judged(item, fault=Fault(item.row, item.file, item.line, item.id, code, message))


def _incident_hit(found: Match) -> Hit:
    start, end = found.span or (None, None)
    return Hit(
        "incident",
        found.incident,
        probability=round(found.probability, 4),
        item=found.sample.id if found.sample else None,
        why=found.sample.text if found.sample else None,
        start=start,
        end=end,
    )
