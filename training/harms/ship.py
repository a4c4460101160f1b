"""Calibrates trained weights and writes the model folder: `python -m training.harms.ship best.pt …`."""

import argparse
import json
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer

from quell.harms import HarmModel
from quell.text.normalise import normalise
from training.encoders import folder
from training.encoders.e5_small import INSIDE, NOTICE, PACKAGE
from training.harms import corpus as rows
from training.harms.calibrate import Calibration, calibrate
from training.harms.export import harm_graph
from training.harms.network import CATEGORIES, CUTS

NAME = "harms-e5"
REVISION = "1"
WINDOW, STRIDE = 126, 94
SHOWN = 160


def scored(model: HarmModel, texts: list[str]) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Worst-window logits (n, 4, 4) and the number of windows (n,) of texts, normalised as served."""
    logits = np.zeros((len(texts), len(CATEGORIES), len(CUTS)))
    windows = np.zeros(len(texts), np.int64)
    for n, text in enumerate(texts):
        found, each = model.read(normalise(text[:10_000]).text)
        logits[n], windows[n] = each.max(0), len(found)
    return logits, windows


def write(
    graph: onnx.ModelProto, tokenizer: Tokenizer, calibration: Calibration, root: Path, origin: Path
) -> Path:
    """Write the model's folder under `root`; `origin` is the checkpoint that training started from."""
    parameters: dict[str, Any] = {
        "window": WINDOW,
        "stride": STRIDE,
        "categories": ["Hate", "SelfHarm", "Sexual", "Violence"],
        "cuts": list(CUTS),
        "thresholds": [round(float(t), 4) for t in calibration.thresholds.reshape(-1)],
        "caution": calibration.caution,
    }
    made = folder.Made(
        name=NAME,
        revision=REVISION,
        licence="MIT",
        notice=NOTICE.read_text(encoding="utf-8"),
        origin=folder.origin_of(
            PACKAGE,
            weights="intfloat/multilingual-e5-small, fine-tuned",
            file=INSIDE,
            file_sha256=folder.sha256(origin),
        ),
        parameters=parameters,
        graph=graph,
        tokenizer=json.loads(tokenizer.to_str()),
    )
    return folder.write(made, root)


def main() -> None:
    """Raw graph, its logits on the calibration half, then the calibrated graph."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("weights", type=Path)
    parser.add_argument("--checkpoint", type=Path, required=True)
    parser.add_argument("--texts", type=Path, required=True)
    parser.add_argument("--vocab", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=folder.WEIGHTS)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    tokenizer = Tokenizer.from_file(str(arguments.vocab / "tokenizer.json"))
    measured = rows.measured(arguments.texts, "calibrate")
    shown = measured.texts[:: max(1, len(measured.texts) // SHOWN)]
    plain = Calibration(np.ones(4, np.float32), np.zeros((4, 4), np.float32), np.full((4, 4), 0.5), 0.0)
    with tempfile.TemporaryDirectory() as place:
        raw = harm_graph(arguments.weights, tokenizer, shown)
        where = write(raw, tokenizer, plain, Path(place), arguments.checkpoint)
        logits, windows = scored(HarmModel(where), measured.texts)
    found = calibrate(logits, windows, measured)
    graph = harm_graph(arguments.weights, tokenizer, shown, scale=found.scale, shift=found.shift)
    print(found)
    print(write(graph, tokenizer, found, arguments.out, arguments.checkpoint))


if __name__ == "__main__":
    main()
