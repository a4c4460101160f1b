"""Compares checkpoints on validation pictures, whole pictures only: how networks are chosen.

python -m training.copies.evaluate WORK --pictures FOLDER frozen tuned

FOLDER holds pictures of the validation packages (`gather.VALIDATION`), none of which is ever reported on.
"""

import argparse
from pathlib import Path

import numpy as np
import torch
from benchmarks.copy_edits import CLASSIC, Rgb
from numpy.typing import NDArray

from training.copies.augment import square
from training.copies.network import CopyEncoder, restore
from training.copies.pictures import pictures_of
from training.copies.train import normalised

SIDE, SAMPLES, STRANGERS, FALSE, BATCH = 224, 120, 250, 0.001, 30


def embed(network: CopyEncoder, pictures: list[Rgb]) -> NDArray[np.float32]:
    """Read pictures into unit vectors, (n, d)."""
    pixels = np.stack([square(np.ascontiguousarray(picture), SIDE) for picture in pictures])
    with torch.inference_mode():
        parts = [
            network(normalised(torch.from_numpy(pixels[n : n + BATCH]))) for n in range(0, len(pixels), BATCH)
        ]
    return torch.cat(parts).numpy()


def recalls(network: CopyEncoder, samples: list[Rgb], strangers: list[Rgb]) -> dict[str, float]:
    """Give the recall of each edit where 0.1 % of pairs of a stranger and a sample lie above the cut."""
    random = np.random.default_rng(5)
    plain = embed(network, samples)
    cut = float(np.quantile(embed(network, strangers) @ plain.T, 1 - FALSE))
    found = {}
    for name, edit in CLASSIC.items():
        edited = embed(network, [edit(sample, random, strangers[0]) for sample in samples])
        found[name] = float(((edited * plain).sum(1) > cut).mean())
    return found


def main() -> None:
    """Print the mean and the edits of each checkpoint."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("work", type=Path)
    parser.add_argument("--pictures", type=Path, required=True)
    parser.add_argument("names", nargs="+", help="checkpoints in WORK without .pt")
    chosen = parser.parse_args()
    pictures = list(pictures_of(chosen.pictures, SAMPLES + STRANGERS, seed=3))
    for name in chosen.names:
        found = recalls(restore(chosen.work / f"{name}.pt"), pictures[:SAMPLES], pictures[SAMPLES:])
        edits = ", ".join(f"{edit} {share:.2f}" for edit, share in found.items())
        print(f"{name}: {np.mean(list(found.values())):.3f} ({edits})", flush=True)


if __name__ == "__main__":
    main()
