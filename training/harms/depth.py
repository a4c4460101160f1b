"""How much each layer of the frozen encoder knows about harm: `python -m training.harms.depth CHECKPOINT …`.

One linear head a category on mean and maximum of layer k, trained on a sample of the training rows: prints
its AUROC on the calibration half for several k.
"""

import argparse
import json
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.preprocessing import StandardScaler
from tokenizers import Tokenizer

from training.harms import parts
from training.harms.draws import TOKENS, pad
from training.harms.floors import sampled
from training.harms.network import CATEGORIES, HarmNetwork, from_checkpoint
from training.harms.weights import read

DEPTHS = (4, 6, 8, 10, 12)
TRAINED, TESTED = 9000, 3000


@torch.no_grad()
def features(network: HarmNetwork, tokenizer: Tokenizer, texts: list[str]) -> dict[int, NDArray[np.float32]]:
    """Pooled states of the layers in `DEPTHS`, each (n, 2 * hidden)."""
    encoded = [[*e.ids[:-1][: TOKENS + 1], 2] for e in tokenizer.encode_batch_fast(texts)]
    order = sorted(range(len(texts)), key=lambda i: len(encoded[i]))
    found = {depth: np.zeros((len(texts), 768), np.float32) for depth in DEPTHS}
    for start in range(0, len(order), 32):
        chosen = order[start : start + 32]
        ids = pad([encoded[i] for i in chosen])
        real = ids != 1
        x = network.norm(network.word(ids) + network.position(torch.arange(ids.shape[1])))
        for depth, layer in enumerate(network.layers, 1):
            with torch.autocast("cpu", torch.bfloat16):
                x = layer(x, real[:, None, None, :])
            if depth in found:
                kept = real[:, :, None]
                mean = (x * kept).sum(1) / kept.sum(1)
                most = x.float().masked_fill(~kept, -1e4).amax(1)
                found[depth][chosen] = torch.cat([mean.float(), most], 1).numpy()
    return found


def main() -> None:
    """Print a table as JSON."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("--texts", type=Path, required=True)
    parser.add_argument("--vocab", type=Path, required=True)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    table = json.loads((arguments.vocab / "rows.json").read_text())
    network = from_checkpoint(read(arguments.checkpoint), table, list(range(12))).eval()
    tokenizer = Tokenizer.from_file(str(arguments.vocab / "tokenizer.json"))
    train = sampled(parts.training(arguments.texts), TRAINED)
    dev = parts.calibrating(arguments.texts)
    dev = dev.take(np.arange(len(dev.texts)) % max(1, len(dev.texts) // TESTED) == 0)
    seen, asked = features(network, tokenizer, train.texts), features(network, tokenizer, dev.texts)
    for depth in DEPTHS:
        scaler = StandardScaler().fit(seen[depth])
        scores = {}
        for n, category in enumerate(CATEGORIES):
            at, to = train.severities[:, n] >= 0, dev.severities[:, n] >= 0
            model = LogisticRegression(C=0.02, class_weight="balanced", max_iter=300)
            model.fit(scaler.transform(seen[depth][at]), train.severities[at, n] >= 2)
            chance = model.predict_proba(scaler.transform(asked[depth][to]))[:, 1]
            scores[category] = round(float(roc_auc_score(dev.severities[to, n] >= 2, chance)), 3)
        print(
            json.dumps({"layers": depth, "mean": round(float(np.mean(list(scores.values()))), 3), **scores})
        )


if __name__ == "__main__":
    main()
