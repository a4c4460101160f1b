"""Which of the named incidents a text hits, and why."""

from collections.abc import Sequence
from functools import partial

from quell.incidents.domain import Match, ReadSample, TextSample
from quell.incidents.index import IncidentIndex
from quell.incidents.matcher import FittedIncident, explain, match
from quell.incidents.reading import Reading, TextReader
from quell.observability.stages import stage

TextIndex = IncidentIndex[TextSample, ReadSample, FittedIncident, Reading]


class Detection:
    """Asks the incidents about a text; runs on a worker, because it encodes."""

    def __init__(self, index: TextIndex, reader: TextReader) -> None:
        self._index = index
        self._reader = reader

    def detect(self, text: str, names: Sequence[str], target: str) -> list[Match]:
        """Return the verdict of each named incident, each once, in the order of the names.

        `target` is what the request calls the list of names; an unknown one is refused with its place in it.
        """
        reading = self._reader.text(text)
        with stage("incidents"):
            return self._index.ask(names, reading, target, partial(match, reading))

    def explain(self, text: str, names: Sequence[str], target: str) -> list[Match]:
        """Return the same verdicts with the sample, window and similarity that decided each."""
        reading = self._reader.text(text)
        return self._index.ask(names, reading, target, partial(explain, reading))
