"""Blocklists, incidents and harm categories in one verdict, in this order, halting where asked."""

from quell.analyze.domain import IncidentQuestion, TextQuestion, TextVerdict
from quell.analyze.harm import HarmAnalyzer
from quell.blocklists.domain import BlocklistHit
from quell.blocklists.matcher import BlocklistMatcher
from quell.incidents.detection import Detection
from quell.text.normalise import normalise


class TextAnalysis:
    """Analyses texts; runs on a worker, because it encodes."""

    def __init__(self, detection: Detection, harm: HarmAnalyzer, blocklists: BlocklistMatcher) -> None:
        self._detection = detection
        self._harm = harm
        self._blocklists = blocklists

    def analyze(self, question: TextQuestion) -> TextVerdict:
        """Return the verdict over one text; a halt leaves out the harm categories, nothing else."""
        listed = self._listed(question)
        hits = self._hits(question.text, question.incidents)
        halted = bool(listed) and question.halt_on_blocklist_hit
        if hits and question.incidents is not None and question.incidents.halt_on_hit:
            halted = True
        if halted:
            return TextVerdict((), hits, listed)
        severities = self._harm.analyze(question.text, question.categories, question.output)
        return TextVerdict(severities, hits, listed)

    def _listed(self, question: TextQuestion) -> tuple[BlocklistHit, ...]:
        if not question.blocklists:
            return ()
        normalised = normalise(question.text)
        return tuple(self._blocklists.match(question.text, normalised, question.blocklists))

    def _hits(self, text: str, asked: IncidentQuestion | None) -> tuple[str, ...] | None:
        if asked is None:
            return None
        matches = self._detection.detect(text, asked.names, "incidents.incidentNames")
        return tuple(match.incident for match in matches if match.hit)
