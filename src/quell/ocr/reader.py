"""Reads the text of a whole picture: every frame, on white and on black, each line once."""

import math
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path
from typing import cast

import numpy as np
from numpy.typing import NDArray

from quell.ocr.detector import Detector
from quell.ocr.domain import Box, FrameToRead, PictureToRead, ReadingLimits, TextLine
from quell.ocr.joining import same_words
from quell.ocr.order import reading_order
from quell.ocr.recogniser import Recogniser
from quell.ocr.weights import DETECTION, RECOGNITION, carrier, faint_tensors, open_network, shipped

_SAME_PLACE = 0.5
_SAME_TEXT = 0.6


@dataclass(frozen=True, slots=True, eq=False)
class _Read:
    text: str
    confidence: float
    corners: NDArray[np.float32]  # (4, 2), pixels of the frame


class TextInPictures:
    """Reads text in pictures; the networks are verified and opened at the first picture.

    Safe to call from many threads. The same frame always gives the same lines: only how many further frames
    are read can depend on time.
    """

    def __init__(
        self,
        limits: ReadingLimits = ReadingLimits(),  # noqa: B008 - frozen
        folder: Path | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._limits = limits
        self._folder = folder
        self._clock = clock
        self._lock = threading.Lock()
        self._networks: tuple[Detector, Recogniser] | None = None

    def load(self) -> None:
        """Open the networks now; raises ModelUnusable where they are missing or changed."""
        self._opened()

    def read(self, picture: PictureToRead) -> tuple[TextLine, ...]:
        """Read the lines of a picture in reading order, frame by frame; what a frame repeats is left out."""
        started = self._clock()
        lines: list[TextLine] = []
        seen: set[str] = set()
        for number, frame in enumerate(picture.frames):
            if number and self._clock() - started > self._limits.seconds:
                break
            if number and _unchanged(picture.frames[number - 1], frame):
                continue
            for line in self._frame(frame, number, picture):
                words = same_words(line.text) or line.text
                if line.frame == 0 or words not in seen:
                    lines.append(line)
                seen.add(words)
        return tuple(lines)

    def _frame(self, frame: FrameToRead, number: int, picture: PictureToRead) -> list[TextLine]:
        reads: list[_Read] = []
        for view in frame.views:
            for read in self._view(view):
                _add(reads, read)
        order = reading_order([read.corners for read in reads], [len(read.text) for read in reads])
        height, width = frame.views[0].shape[:2]
        scale = np.array([picture.width / width, picture.height / height])
        lines = []
        left = self._limits.characters
        for read in (reads[at] for at in order):
            if left <= 0:
                break
            text = read.text[:left]
            left -= len(text)
            corners = cast("Box", tuple((float(x), float(y)) for x, y in read.corners * scale))
            lines.append(TextLine(text, corners, read.confidence, number))
        return lines

    def _view(self, view: NDArray[np.uint8]) -> list[_Read]:
        detector, recogniser = self._opened()
        boxes = _most_legible(detector.find(view), self._limits.lines)
        reads = []
        for box in boxes:
            text, confidence, corners = recogniser.read(view, box)
            if text and confidence >= self._limits.confidence:
                reads.append(_Read(text, confidence, corners))
        return reads

    def _opened(self) -> tuple[Detector, Recogniser]:
        with self._lock:
            if self._networks is None:
                folder = self._folder or carrier()
                manifest = shipped()
                finding = open_network(folder, manifest.files[DETECTION], faint_tensors(manifest))
                self._networks = (
                    Detector(finding, self._limits.detection_side),
                    Recogniser(open_network(folder, manifest.files[RECOGNITION])),
                )
            return self._networks


def _most_legible(boxes: Sequence[NDArray[np.float32]], most: int) -> list[NDArray[np.float32]]:
    """Keep the tallest where there are too many: small print must not hide a headline."""
    if len(boxes) <= most:
        return list(boxes)
    return sorted(boxes, key=lambda box: (-_step(box), float(box[0, 1]), float(box[0, 0])))[:most]


def _step(box: NDArray[np.float32]) -> int:
    """Put the height of a line on a coarse scale, so that lines of one size keep their order."""
    sides = np.linalg.norm(box[0] - box[1]), np.linalg.norm(box[0] - box[3])
    return round(math.log(max(float(min(sides)), 1.0), 1.5))


def _add(reads: list[_Read], read: _Read) -> None:
    """Add a reading; of two readings of the same words in the same place the surer one stays."""
    for at, other in enumerate(reads):
        if _overlap(read.corners, other.corners) >= _SAME_PLACE and _alike(read.text, other.text):
            if read.confidence > other.confidence:
                reads[at] = read
            return
    reads.append(read)


def _overlap(one: NDArray[np.float32], other: NDArray[np.float32]) -> float:
    """Share of the smaller box that both cover, 0 to 1, of the upright boxes around them."""
    low = np.maximum(one.min(axis=0), other.min(axis=0))
    high = np.minimum(one.max(axis=0), other.max(axis=0))
    sizes = [float(np.prod(box.max(axis=0) - box.min(axis=0))) for box in (one, other)]
    return float(np.prod(np.maximum(high - low, 0))) / max(min(sizes), 1.0)


def _alike(one: str, other: str) -> bool:
    return SequenceMatcher(None, same_words(one), same_words(other), autojunk=False).ratio() >= _SAME_TEXT


def _unchanged(before: FrameToRead, now: FrameToRead) -> bool:
    pairs = list(zip(before.views, now.views, strict=False))
    return len(before.views) == len(now.views) and all(np.array_equal(one, two) for one, two in pairs)
