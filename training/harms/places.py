"""Finds where in a long text the harm stands, and which calm texts come near to being flagged.

python -m training.harms.places WORK/shipped --texts TEXTS --out WORK/places.npz

A post of a thousand characters is judged as a whole, and what it was judged for may stand at its end: a
window from its beginning would teach that sad beginnings are harmful. The network that a run starts from
says which stretch is the strongest.
"""

import argparse
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer

from quell.text.normalise import normalise
from training.harms import corpus as rows
from training.harms.draws import CHARACTERS, NEAR, STRETCH
from training.harms.lengthy import CALM
from training.harms.network import HarmNetwork
from training.harms.train import logits_of

STEP = 160
"""Characters from the beginning of one stretch to that of the next."""
FLAG_CUT = 1
NOT_READ = -20.0


def stretches(text: str) -> list[int]:
    """Where the stretches of a text begin, the last one at its end."""
    last = max(0, len(text) - STRETCH)
    return sorted({*range(0, last, STEP), last})


def strongest(network: HarmNetwork, tokenizer: Tokenizer, corpus: rows.Corpus) -> NDArray[np.int32]:
    """Give where the strongest stretch of each long harmful text begins, -1 for the others: (n,)."""
    found = np.full(len(corpus.texts), -1, np.int32)
    harmful = corpus.severities >= 2
    long = [row for row in np.flatnonzero(harmful.any(1)) if len(corpus.texts[row]) > CHARACTERS]
    starts = [(row, start) for row in long for start in stretches(corpus.texts[row])]
    texts = [normalise(corpus.texts[row][start : start + STRETCH]).text for row, start in starts]
    logits = logits_of(network, tokenizer, texts)[:, :, FLAG_CUT]
    best = np.full(len(corpus.texts), -np.inf)
    for (row, start), each in zip(starts, logits, strict=True):
        score = float(each[harmful[row]].max())
        if score > best[row]:
            best[row], found[row] = score, start
    return found


def near(network: HarmNetwork, tokenizer: Tokenizer, corpus: rows.Corpus) -> NDArray[np.float32]:
    """Give the highest logit of being flagged for harmless texts of sources without harm, (n,)."""
    harmless = (corpus.severities == 0).all(1) & np.isin(corpus.sources, CALM)
    found = np.full(len(corpus.texts), NOT_READ, np.float32)
    at = np.flatnonzero(harmless)
    texts = [normalise(corpus.texts[row][:CHARACTERS]).text for row in at]
    found[at] = logits_of(network, tokenizer, texts)[:, :, FLAG_CUT].max(1)
    return found


def main() -> None:
    """Read a folder that `training.harms.thaw` wrote, write `starts` and `near` of the training rows."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("teacher", type=Path)
    parser.add_argument("--texts", type=Path, required=True)
    parser.add_argument("--weights", type=Path, help="Instead of the folder's final.pt.")
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    torch.set_num_threads(2)
    weights = torch.load(arguments.weights or arguments.teacher / "final.pt", weights_only=False)
    network = HarmNetwork(weights["network"]["word.weight"].shape[0], len(weights["layers"]))
    network.load_state_dict(weights["network"])
    tokenizer = Tokenizer.from_file(str(arguments.teacher / "tokenizer.json"))
    corpus = rows.collected(arguments.texts, "train")
    starts, scores = strongest(network, tokenizer, corpus), near(network, tokenizer, corpus)
    np.savez_compressed(arguments.out, starts=starts, near=scores)
    later, close = int((starts > 0).sum()), int((scores > NEAR).sum())
    print("harmful, not at the beginning:", later, "calm, near to being flagged:", close)


if __name__ == "__main__":
    main()
