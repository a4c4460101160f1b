"""Blocklists, incidents and harm categories in one verdict, in this order, halting where asked."""

from collections.abc import Sequence

from quell.analyze.domain import (
    ExplainQuestion,
    IncidentQuestion,
    Severity,
    TextExplanation,
    TextQuestion,
    TextVerdict,
)
from quell.analyze.harm import HarmAnalyzer
from quell.blocklists.domain import BlocklistHit
from quell.blocklists.matcher import BlocklistMatcher
from quell.incidents.detection import Detection
from quell.observability.stages import stage
from quell.text.normalise import normalise
from quell.witness import NOBODY, Witness


class TextAnalysis:
    """Analyses texts; runs on a worker, because it encodes."""

    def __init__(
        self,
        detection: Detection,
        harm: HarmAnalyzer,
        blocklists: BlocklistMatcher,
        witness: Witness = NOBODY,
    ) -> None:
        self._detection = detection
        self._harm = harm
        self._blocklists = blocklists
        self._witness = witness

    def analyze(self, question: TextQuestion) -> TextVerdict:
        """Return the verdict over one text; a halt leaves out the harm categories, nothing else."""
        verdict = self._verdict(question)
        for severity in verdict.severities:
            self._witness.severity("text", severity.category.value, severity.level)
        for name in verdict.incidents or ():
            self._witness.incident("text", name)
        for blocklist, item_id in {(hit.blocklist, hit.item_id) for hit in verdict.blocklists}:
            self._witness.term(blocklist, item_id)
        worst = max((severity.level for severity in verdict.severities), default=0)
        self._witness.verdict("text", worst, matched=bool(verdict.blocklists or verdict.incidents))
        return verdict

    def check(self, question: TextQuestion) -> None:
        """Raise what stands in the way of an answer; nobody sent this text, so it counts nowhere."""
        self._verdict(question)

    def explain(self, question: ExplainQuestion) -> TextExplanation:
        """Return what was asked of the verdict over one text, with what decided each part; nothing halts."""
        text, lists, categories = question.text, question.blocklists, question.categories
        listed = None if lists is None else self._listed(text, lists)
        matches = self._detection.explain(text, question.incidents, "incidentNames")
        harms = None if categories is None else self._harm.explain(text, categories)
        return TextExplanation(tuple(matches), harms, listed)

    def _verdict(self, question: TextQuestion) -> TextVerdict:
        listed = self._listed(question.text, question.blocklists)
        hits = self._hits(question.text, question.incidents)
        halted = bool(listed) and question.halt_on_blocklist_hit
        if hits and question.incidents is not None and question.incidents.halt_on_hit:
            halted = True
        if halted:
            return TextVerdict((), hits, listed)
        return TextVerdict(self._severities(question), hits, listed)

    def _severities(self, question: TextQuestion) -> tuple[Severity, ...]:
        if not question.categories:
            return ()
        with stage("harms"):
            return self._harm.analyze(question.text, question.categories, question.output)

    def _listed(self, text: str, names: Sequence[str]) -> tuple[BlocklistHit, ...]:
        if not names:
            return ()
        with stage("blocklists"):
            return tuple(self._blocklists.match(text, normalise(text), names))

    def _hits(self, text: str, asked: IncidentQuestion | None) -> tuple[str, ...] | None:
        if asked is None:
            return None
        matches = self._detection.detect(text, asked.names, "incidents.incidentNames")
        return tuple(match.incident for match in matches if match.hit)
