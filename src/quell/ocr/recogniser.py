"""Reads one line of text: PP-OCR's recognition network, decoded letter by letter."""

from typing import cast

import cv2
import numpy as np
import onnxruntime
from numpy.typing import NDArray

_HEIGHT = 48
_NARROWEST, _WIDEST = 48, 3200
_UPRIGHT = 1.5
_CERTAIN = 0.9


class Recogniser:
    """The recognition network; safe to call from many threads.

    A line is read alone, never padded to the width of others: its text must not depend on its company.
    """

    def __init__(self, session: onnxruntime.InferenceSession) -> None:
        self._session = session
        letters = session.get_modelmeta().custom_metadata_map["character"].splitlines()
        self._letters = ["", *letters, " "]

    def read(
        self, view: NDArray[np.uint8], corners: NDArray[np.float32]
    ) -> tuple[str, float, NDArray[np.float32]]:
        """Read the line in a box (4, 2): its text, the confidence 0..1, and the corners as one reads.

        A line that is not read with certainty is read upside down as well, and the surer reading stands.
        """
        if np.linalg.norm(corners[0] - corners[3]) >= _UPRIGHT * np.linalg.norm(corners[0] - corners[1]):
            corners = np.roll(corners, -1, axis=0)
        strip = _straightened(view, corners)
        text, confidence = self._recognise(strip)
        if confidence < _CERTAIN:
            turned, surer = self._recognise(np.ascontiguousarray(strip[::-1, ::-1]))
            if surer > confidence:
                return turned, surer, np.roll(corners, 2, axis=0)
        return text, confidence, corners

    def _recognise(self, strip: NDArray[np.uint8]) -> tuple[str, float]:
        """Decode a strip (48, w, 3) RGB: the likeliest letter of each step, repeats and gaps dropped."""
        pixels = strip[:, :, ::-1].transpose(2, 0, 1)[None].astype(np.float32) / 127.5 - 1
        steps = cast("NDArray[np.float32]", self._session.run(None, {"x": pixels})[0])[0]
        best = steps.argmax(axis=1)
        kept = (best != 0) & (best != np.concatenate([[-1], best[:-1]]))
        if not kept.any():
            return "", 0.0
        sure = steps[np.arange(len(best)), best][kept]
        return "".join(self._letters[at] for at in best[kept]).strip(), float(sure.mean())


def _straightened(view: NDArray[np.uint8], corners: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Cut a turned box out as a level strip (48, w, 3)."""
    across = max(np.linalg.norm(corners[0] - corners[1]), np.linalg.norm(corners[3] - corners[2]))
    down = max(np.linalg.norm(corners[0] - corners[3]), np.linalg.norm(corners[1] - corners[2]))
    width, height = max(1, round(float(across))), max(1, round(float(down)))
    level = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    turn = cv2.getPerspectiveTransform(corners.astype(np.float32), level)
    cut = cv2.warpPerspective(
        view, turn, (width, height), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
    )
    wanted = min(max(round(_HEIGHT * width / height), _NARROWEST), _WIDEST)
    return np.asarray(cv2.resize(cut, (wanted, _HEIGHT)), np.uint8)
