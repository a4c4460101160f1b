"""Blocklists, incidents and harm categories in one verdict, in this order, halting where asked."""

from quell.analyze.domain import IncidentQuestion, TextQuestion, TextVerdict
from quell.analyze.harm import HarmAnalyzer
from quell.errors import ResourceNotFound
from quell.incidents.detection import Detection


class TextAnalysis:
    """Analyses texts; runs on a worker, because it encodes."""

    def __init__(self, detection: Detection, harm: HarmAnalyzer) -> None:
        self._detection = detection
        self._harm = harm

    def analyze(self, question: TextQuestion) -> TextVerdict:
        """Return the verdict over one text."""
        if question.blocklists:
            raise ResourceNotFound(
                f"The blocklist '{question.blocklists[0][:64]}' does not exist: "
                "blocklists are not built in this version of Quell.",
                target="blocklistNames[0]",
            )
        hits = self._hits(question.text, question.incidents)
        if hits and question.incidents is not None and question.incidents.halt_on_hit:
            return TextVerdict((), hits)
        severities = self._harm.analyze(question.text, question.categories, question.output)
        return TextVerdict(severities, hits)

    def _hits(self, text: str, asked: IncidentQuestion | None) -> tuple[str, ...] | None:
        if asked is None:
            return None
        matches = self._detection.detect(text, asked.names, "incidents.incidentNames")
        return tuple(match.incident for match in matches if match.hit)
