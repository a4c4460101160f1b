"""Runs the harm model on ONNX Runtime: int8, one window at a time, one thread per call.

The graph reads `input_ids` (tokens,) and gives `logits` (4 categories, 4 cuts), calibrated and never rising
from cut to cut. It has no batch axis: with dynamic int8 an answer would depend on the texts beside it.
"""

import re
from pathlib import Path
from typing import cast

import numpy as np
from numpy.typing import NDArray

from quell.encoders.base import Window, spans, token_slices
from quell.encoders.onnx import open_session
from quell.encoders.pieces import load_pieces
from quell.harms.domain import CATEGORIES, CUTS, CategoryReading, HarmReading, Telling, severity_of
from quell.models.manifest import verify

_WORDS = re.compile(r"[぀-ヿ㐀-鿿가-힯]{1,2}|\w+")
_MOST_PARTS = 40
_FLAG_CUT = 1
_BEGIN, _END = np.array([0], np.int64), np.array([2], np.int64)


class HarmModel:
    """The model in one folder, whose files are verified first; safe to call from many threads."""

    def __init__(self, folder: Path) -> None:
        manifest = verify(folder)
        parameters = manifest.parameters
        self.name = manifest.name
        self.revision = manifest.revision
        self._window = cast("int", parameters["window"])
        self._stride = cast("int", parameters["stride"])
        self._caution = cast("float", parameters["caution"])
        thresholds = np.array(parameters["thresholds"], np.float64)
        self._thresholds: list[list[float]] = thresholds.reshape(len(CATEGORIES), len(CUTS)).tolist()
        self._pieces = load_pieces(folder / "tokenizer.json")
        self._session = open_session(folder / "model.onnx")

    def analyze(self, text: str) -> HarmReading:
        """Read a normalised text in overlapping windows; each category answers with its worst window."""
        windows, logits = self.read(text)
        # The worst of many windows is high by chance alone, so many windows must be surer than one.
        probabilities = _sigmoid(logits - self._caution * np.log(len(windows)))
        found = tuple(
            self._worst(number, probabilities[:, number], windows) for number in range(len(CATEGORIES))
        )
        return HarmReading(found, len(windows))

    def tell(self, text: str, reading: CategoryReading, *, most: int = 5) -> list[Telling]:
        """Find the stretches of the worst window that carried the verdict, the weightiest first.

        Each word is left out in turn; in a long window neighbouring words go together, so that the cost is
        bounded by about forty runs of the model.
        """
        number = CATEGORIES.index(reading.category)
        window = text[reading.start : reading.end]
        whole = self._evidence(window, number)
        found = []
        for start, end in _parts(window):
            weight = whole - self._evidence(window[:start] + " " + window[end:], number)
            if weight > 0:
                found.append(Telling(reading.start + start, reading.start + end, weight))
        return sorted(found, key=lambda part: (-part.weight, part.start))[:most]

    def read(self, text: str) -> tuple[list[Window], NDArray[np.float32]]:
        """Give the windows of a text and their calibrated log-odds, (windows, 4 categories, 4 cuts)."""
        ids = np.array(self._pieces.ids(text), np.int64)
        slices = token_slices(len(ids), self._window, self._stride)
        offsets = self._pieces.offsets(text) if len(slices) > 1 else ()
        return spans(slices, offsets, len(text)), np.stack([self._run(ids[cut]) for cut in slices])

    def _worst(self, number: int, rows: NDArray[np.float64], windows: list[Window]) -> CategoryReading:
        severities = [severity_of(row.tolist(), self._thresholds[number]) for row in rows]
        at = int(np.argmax(severities))
        falling = cast("tuple[float, float, float, float]", tuple(rows[at].tolist()))
        return CategoryReading(
            CATEGORIES[number], falling, severities[at], windows[at].start, windows[at].end
        )

    def _evidence(self, text: str, number: int) -> float:
        return float(self.read(text)[1][:, number, _FLAG_CUT].max())

    def _run(self, ids: NDArray[np.int64]) -> NDArray[np.float32]:
        whole = np.concatenate([_BEGIN, ids, _END])
        return cast("NDArray[np.float32]", self._session.run(None, {"input_ids": whole})[0])


def _sigmoid(logits: NDArray[np.float32]) -> NDArray[np.float64]:
    return 1 / (1 + np.exp(-logits.astype(np.float64)))


def _parts(window: str) -> list[tuple[int, int]]:
    """Words, or runs of neighbouring words where there are more than `_MOST_PARTS`."""
    words = [match.span() for match in _WORDS.finditer(window)]
    size = max(1, -(-len(words) // _MOST_PARTS))
    groups = [words[at : at + size] for at in range(0, len(words), size)]
    return [(group[0][0], group[-1][1]) for group in groups]
