"""Runs the harm model on ONNX Runtime: int8, one window at a time, one thread per call.

The graph reads `input_ids` (tokens,) and gives `logits` (4 categories, 4 cuts). It has no batch axis: with
dynamic int8 an answer would depend on the texts beside it. A linear reader of letters and words is added, and
the sum calibrated: `lean[0] * logits + lean[1] * fragments + shift`.
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
from quell.harms.fragments import Fragments
from quell.models.manifest import verify
from quell.text.capitals import in_small_letters
from quell.text.slips import without_slips

Odds = NDArray[np.float64]
"""Log-odds, or chances, of reaching each cut: the last axis; the one before it is the category."""

_WORDS = re.compile(r"[぀-ヿ㐀-鿿가-힯]{1,2}|\w+")
_MOST_PARTS = 40
_FLAG_CUT = 1
_SUSPECTS = 2  # windows of a category that are read again
_SUSPICION = -4.0  # log-odds of being flagged, below which there is nothing to look closer at
_DOUBT = 0.5  # log-odds off what is read with slips undone, for the word put right is a guess
_CAUTIONS = 3  # taken off the worst window, off pieces, and off a window that a worse one backs up
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
        self._close = cast("int", parameters["close"])
        self._close_stride = cast("int", parameters["close_stride"])
        self._lean = _table(parameters["lean"], 2)
        self._shift = _table(parameters["shift"], len(CUTS))
        self._several = [1, *cast("list[int]", parameters["caution_windows"])]
        shape = (len(self._several) - 1, len(CATEGORIES), _CAUTIONS)
        caution = np.array(parameters["caution"], np.float64).reshape(shape)
        self._caution = np.concatenate([np.zeros((1, len(CATEGORIES), _CAUTIONS)), caution])
        self._thresholds: list[list[float]] = _table(parameters["thresholds"], len(CUTS)).tolist()
        self._pieces = load_pieces(folder / "tokenizer.json")
        self._session = open_session(folder / "model.onnx")
        self._fragments = Fragments(folder / "fragments.npy")

    def analyze(self, text: str) -> HarmReading:
        """Read a normalised text in overlapping windows; each category answers with its worst window.

        Of several windows the suspicious ones are read again in small pieces, which a bad sentence fills. A
        suspicious text of one window is read again with slips of the keyboard undone.
        """
        windows, odds = self.read(text)
        every, surer = windows, odds
        if len(windows) > 1:
            closer, again = self.read_closely(text, windows, odds)
            # The worst of many is high by chance alone, so many windows must be surer than one.
            caution = self._surer_by(len(windows))
            every = windows + closer
            surer = np.concatenate([odds - _of_windows(odds, caution), again - caution[:, 1:2]])
        else:
            again = self._read_mended(text, odds)
            every, surer = windows * (1 + len(again)), np.concatenate([odds, again])
        chances = 1 / (1 + np.exp(-surer))
        closer_from = len(windows) if len(windows) > 1 else len(every)
        found = tuple(
            self._worst(number, chances[:, number], every, closer_from) for number in range(len(CATEGORIES))
        )
        return HarmReading(found, len(windows))

    def tell(self, text: str, reading: CategoryReading, *, most: int = 5) -> list[Telling]:
        """Find the stretches of the worst window that carried the verdict, the weightiest first.

        Each word is left out in turn; in a long window neighbouring words go together, so that the cost is
        bounded by about forty runs of the model, or twice as many where words are misspelt.
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

    def read(self, text: str) -> tuple[list[Window], Odds]:
        """Give the windows of a text and their calibrated log-odds, (windows, 4 categories, 4 cuts)."""
        return self._read(text, self._window, self._stride)

    def read_closely(self, text: str, windows: list[Window], odds: Odds) -> tuple[list[Window], Odds]:
        """Read the most suspicious windows in small pieces; gives those and their log-odds as `read` does."""
        flag = odds[:, :, _FLAG_CUT]
        order = np.argsort(-flag, axis=0, kind="stable")[:_SUSPECTS]
        suspects = {int(at) for n, column in enumerate(order.T) for at in column if flag[at, n] > _SUSPICION}
        pieces: list[Window] = []
        rows = [np.empty((0, *odds.shape[1:]))]
        for at in sorted(suspects):
            start = windows[at].start
            found, again = self._read(text[start : windows[at].end], self._close, self._close_stride)
            pieces += [Window(start + piece.start, start + piece.end) for piece in found]
            rows.append(again)
        return pieces, np.concatenate(rows)

    def _read(self, text: str, size: int, stride: int) -> tuple[list[Window], Odds]:
        text = in_small_letters(text)
        ids = np.array(self._pieces.ids(text), np.int64)
        slices = token_slices(len(ids), size, stride)
        offsets = self._pieces.offsets(text) if len(slices) > 1 else ()
        windows = spans(slices, offsets, len(text))
        network = np.stack([self._run(ids[cut]) for cut in slices])
        fragments = np.stack([self._fragments.scores(text[window.start : window.end]) for window in windows])
        odds = self._lean[:, :1] * network + (self._lean[:, 1] * fragments)[:, :, None] + self._shift
        return windows, np.minimum.accumulate(odds, axis=2)

    def _surer_by(self, windows: int) -> Odds:
        """Return what to take off log-odds, (4, `_CAUTIONS`), between what was learned."""
        at = np.interp(np.log(windows), np.log(self._several), np.arange(len(self._several)))
        low = min(int(at), len(self._several) - 2)
        found: Odds = self._caution[low] + (at - low) * (self._caution[low + 1] - self._caution[low])
        return found

    def _read_mended(self, text: str, odds: Odds) -> Odds:
        """Read a text of one window with slips undone; (1, 4, 4), or (0, 4, 4) if it is calm or has none."""
        mended = without_slips(text) if odds[0, :, _FLAG_CUT].max() > _SUSPICION else None
        if mended is None:
            return odds[:0]
        again: Odds = self.read(mended.text)[1].max(0, keepdims=True) - _DOUBT
        return again

    def _worst(self, number: int, rows: Odds, windows: list[Window], closer_from: int) -> CategoryReading:
        """Give the verdict of the worst row; `windows` from `closer_from` on are pieces of those before.

        Where a window decides and a piece of it is flagged as well, the piece is named: it is closer.
        """
        severities = [severity_of(row.tolist(), self._thresholds[number]) for row in rows]
        at = int(np.argmax(severities))
        place = windows[at]
        inside = [
            n
            for n in range(closer_from, len(windows))
            if place.start <= windows[n].start
            and windows[n].end <= place.end
            and severities[n] >= CUTS[_FLAG_CUT]
        ]
        if at < closer_from and inside:
            place = windows[max(inside, key=severities.__getitem__)]
        falling = cast("tuple[float, float, float, float]", tuple(rows[at].tolist()))
        return CategoryReading(CATEGORIES[number], falling, severities[at], place.start, place.end)

    def _evidence(self, text: str, number: int) -> float:
        windows, odds = self.read(text)
        if len(windows) == 1:
            odds = np.concatenate([odds, self._read_mended(text, odds)])
        return float(odds[:, number, _FLAG_CUT].max())

    def _run(self, ids: NDArray[np.int64]) -> NDArray[np.float32]:
        whole = np.concatenate([_BEGIN, ids, _END])
        return cast("NDArray[np.float32]", self._session.run(None, {"input_ids": whole})[0])


def _of_windows(odds: Odds, caution: Odds) -> Odds:
    """Return what to take off each window, (windows, 4, 1): two that agree are seldom both chance."""
    taken = np.tile(caution[:, 2], (len(odds), 1))
    taken[odds[:, :, _FLAG_CUT].argmax(0), np.arange(len(CATEGORIES))] = caution[:, 0]
    return taken[:, :, None]


def _table(numbers: object, width: int) -> Odds:
    """Arrange a flat list of the manifest by category, (4, width)."""
    return np.array(numbers, np.float64).reshape(len(CATEGORIES), width)


def _parts(window: str) -> list[tuple[int, int]]:
    """Words, or runs of neighbouring words where there are more than `_MOST_PARTS`."""
    words = [match.span() for match in _WORDS.finditer(window)]
    size = max(1, -(-len(words) // _MOST_PARTS))
    groups = [words[at : at + size] for at in range(0, len(words), size)]
    return [(group[0][0], group[-1][1]) for group in groups]
