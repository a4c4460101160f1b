"""Compares averages of two checkpoints on the calibration half.

python -m training.harms.choose FIRST SECOND --share 0.5 0.75 1 --texts TEXTS --tokenizer TOKENIZER.json

Network alone, without the linear reader, first window of each text. AUPRC is of "severity is 2 or more".
"""

import argparse
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.metrics import average_precision_score
from tokenizers import Tokenizer

from quell.text.normalise import normalise
from training.harms import corpus as rows
from training.harms.average import average
from training.harms.calm import calm
from training.harms.network import CATEGORIES, HarmNetwork
from training.harms.parts import CALM_EACH
from training.harms.train import logits_of

LONGEST = 4000
TEMPLATES, TEMPLATES_SEED = 3000, 0
OF_TEMPLATES = 0.25
"""Their share in the score."""
FLAG, FLAG_CUT = 2, 1

Logits = NDArray[np.float32]


def precision(corpus: rows.Corpus, logits: Logits, category: int, calm_logits: Logits) -> float:
    """AUPRC of one category, with calm texts among the negatives; logits (n, 4, 4) and (m, 4, 4)."""
    known = corpus.severities[:, category] >= 0
    positive = corpus.severities[known, category] >= FLAG
    scores = np.concatenate([logits[known, category, FLAG_CUT], calm_logits[:, category, FLAG_CUT]])
    return float(average_precision_score(np.append(positive, np.zeros(len(calm_logits), bool)), scores))


def templates() -> rows.Corpus:
    """Take `TEMPLATES` of our own rows that calibrate, by chance."""
    own = rows.generated("calibrate")
    chosen = np.zeros(len(own.texts), bool)
    chosen[np.random.default_rng(TEMPLATES_SEED).permutation(len(own.texts))[:TEMPLATES]] = True
    return own.take(chosen)


def main() -> None:
    """Print for each share of the second: AUPRC without and with calm text, on templates, and the score."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("first", type=Path)
    parser.add_argument("second", type=Path)
    parser.add_argument("--share", type=float, nargs="+", default=[0.5, 0.75, 1.0])
    parser.add_argument("--texts", type=Path, required=True)
    parser.add_argument("--tokenizer", type=Path, required=True)
    arguments = parser.parse_args()
    torch.set_num_threads(2)
    first, second = (torch.load(path, weights_only=False) for path in (arguments.first, arguments.second))
    tokenizer = Tokenizer.from_file(str(arguments.tokenizer))
    half = rows.halves(rows.collected(arguments.texts, "dev"))[0]
    parts = (half, calm(arguments.texts, "calibrate", CALM_EACH), templates())
    texts = [normalise(text[:LONGEST]).text for part in parts for text in part.texts]
    ends = np.cumsum([len(part.texts) for part in parts])[:-1]
    for share in arguments.share:
        weights = average(first["network"], second["network"], share)
        network = HarmNetwork(weights["word.weight"].shape[0], len(first["layers"]))
        network.load_state_dict(weights)
        judged, harmless, own = np.split(logits_of(network, tokenizer, texts), ends)
        alone = [precision(half, judged, n, harmless[:0]) for n in range(len(CATEGORIES))]
        beside = [precision(half, judged, n, harmless) for n in range(len(CATEGORIES))]
        ours = [precision(parts[2], own, n, harmless[:0]) for n in range(len(CATEGORIES))]
        score = (1 - OF_TEMPLATES) * np.mean(beside) + OF_TEMPLATES * np.mean(ours)
        print(f"share {share:.2f}, score {score:.4f}")
        for name, *values in zip(CATEGORIES, alone, beside, ours, strict=True):
            print(f"  {name:10}", " ".join(f"{value:.3f}" for value in values), flush=True)


if __name__ == "__main__":
    main()
