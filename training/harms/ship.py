"""Writes the graph of trained weights and its tokenizer: `python -m training.harms.ship best.pt …`.

`training.harms.finish` then adds the linear reader and calibrates both together.
"""

import argparse
import json
from pathlib import Path
from typing import Any

import onnx
import torch
from tokenizers import Tokenizer

from training.encoders import folder
from training.encoders.e5_small import INSIDE, NOTICE, PACKAGE
from training.harms import parts
from training.harms.export import harm_graph
from training.harms.network import CUTS

NAME = "harms-e5"
REVISION = "1"
WINDOW, STRIDE = 126, 110
SHOWN = 160
GRID = 2.0**14  # of quell.encoders.pieces


def shortened(document: dict[str, Any]) -> dict[str, Any]:
    """Give the scores of a `tokenizer.json` in five decimals where Quell still reads the very same number."""
    pieces = document["model"]["vocab"]
    same = lambda score: round(round(score, 5) * GRID) == round(score * GRID)  # noqa: E731
    short = [[piece, round(score, 5) if same(score) else score] for piece, score in pieces]
    return {**document, "model": {**document["model"], "vocab": short}}


def write(graph: onnx.ModelProto, tokenizer: Tokenizer, root: Path, origin: Path) -> Path:
    """Write the model's folder under `root`; `origin` is the checkpoint that training started from."""
    parameters: dict[str, Any] = {
        "window": WINDOW,
        "stride": STRIDE,
        "categories": ["Hate", "SelfHarm", "Sexual", "Violence"],
        "cuts": list(CUTS),
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
        tokenizer=shortened(json.loads(tokenizer.to_str())),
    )
    return folder.write(made, root)


def main() -> None:
    """Build the graph and write its folder."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("weights", type=Path)
    parser.add_argument("--checkpoint", type=Path, required=True)
    parser.add_argument("--texts", type=Path, required=True)
    parser.add_argument("--vocab", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=folder.WEIGHTS)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    tokenizer = Tokenizer.from_file(str(arguments.vocab / "tokenizer.json"))
    measured = parts.calibrating(arguments.texts)
    shown = measured.texts[:: max(1, len(measured.texts) // SHOWN)]
    graph = harm_graph(arguments.weights, tokenizer, shown)
    print(write(graph, tokenizer, arguments.out, arguments.checkpoint))


if __name__ == "__main__":
    main()
