"""Guesses the cells that nobody judged, for a run that learns from an earlier network there.

python -m training.harms.guess WORK/shipped --texts TEXTS --out WORK/guesses.npz

Half of the collected text is judged for hate alone. The guess is made on the text as it is; the run learns
it on the text as changed, cut or put amid others, so that it also learns to answer the same.
"""

import argparse
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer

from quell.text.normalise import normalise
from training.harms import corpus as rows
from training.harms.draws import CHARACTERS
from training.harms.network import CATEGORIES, CUTS, HarmNetwork
from training.harms.train import logits_of

UNSURE = 0.02
"""No chance is nearer to 0 or 1: the teacher has been wrong before."""


def main() -> None:
    """Read a folder that `training.harms.thaw` wrote, write chances (n, 4, 4) of all training rows."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("teacher", type=Path)
    parser.add_argument("--texts", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    weights = torch.load(arguments.teacher / "final.pt", weights_only=False)
    network = HarmNetwork(weights["network"]["word.weight"].shape[0], len(weights["layers"]))
    network.load_state_dict(weights["network"])
    corpus = rows.collected(arguments.texts, "train")
    unknown = np.flatnonzero((corpus.severities < 0).any(1))
    texts = [normalise(corpus.texts[row][:CHARACTERS]).text for row in unknown]
    tokenizer = Tokenizer.from_file(str(arguments.teacher / "tokenizer.json"))
    logits = np.minimum.accumulate(logits_of(network, tokenizer, texts), axis=2)
    chances = np.full((len(corpus.texts), len(CATEGORIES), len(CUTS)), UNSURE, np.float32)
    chances[unknown] = (1 / (1 + np.exp(-logits))).clip(UNSURE, 1 - UNSURE)
    np.savez_compressed(arguments.out, chances=chances)
    flagged = (chances[unknown][:, :, 1] > 0.5) & (corpus.severities[unknown] < 0)
    print(len(unknown), "rows with unknown cells; guessed 2 or more:", flagged.sum(0).tolist())


if __name__ == "__main__":
    main()
