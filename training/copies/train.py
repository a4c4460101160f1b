"""Fits the projection of the network, and fine-tunes it without labels where time is given.

python -m training.copies.train BACKBONE --work WORK [--deadline UNIX]

`frozen.pt` is the backbone as it is with a whitened projection. For `tuned.pt` edits of a picture are to lie
near the picture as a slowly following copy of the network sees it, and far from the pictures of the last
batches (InfoNCE against a queue); vectors are pushed away from their nearest stranger.
"""

import argparse
import json
import math
import os
import time
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import torch
from numpy.random import Generator
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional
from torch.utils.data import DataLoader, IterableDataset

from training.copies.augment import Pixels, mild, square, strong
from training.copies.gather import VALIDATION
from training.copies.network import MEAN, STD, CopyEncoder, load

SIDE, BATCH, QUEUE = 160, 48, 2400
TEMPERATURE, ENTROPY, MIXED, FOLLOW = 0.05, 0.25, 0.15, 0.99
RATE_BODY, RATE_HEAD, WARM_STEPS = 1.5e-4, 5e-4, 40


class Pictures:
    """The training pictures, RGB uint8 of at most 320 pixels a side, mapped from one file."""

    def __init__(self, work: Path) -> None:
        self._pixels = np.memmap(work / "training.u8", np.uint8, "r")
        table = json.loads((work / "training.json").read_text(encoding="utf-8"))
        counts = json.loads((work / "split.json").read_text(encoding="utf-8"))["training"]
        packages = [name for name, count in counts.items() for _ in range(count)]
        both = zip(table, packages, strict=True)
        self._table = [entry for entry, package in both if package not in VALIDATION]

    def __len__(self) -> int:
        return len(self._table)

    def __getitem__(self, index: int) -> Pixels:
        start, height, width = self._table[index]
        return np.asarray(self._pixels[start : start + height * width * 3]).reshape(height, width, 3)


@dataclass(frozen=True)
class Batch:
    """Pictures hardly changed and edited, uint8 (n, s, s, 3); their numbers (n,).

    Into some edited rows another row, `partners` (n,), is mixed; `shares` (n,) is what the first keeps.
    """

    mild: Tensor
    edited: Tensor
    chosen: Tensor
    partners: Tensor
    shares: Tensor


class Batches(IterableDataset[Batch]):
    """Endless batches without a picture twice in one."""

    def __init__(self, work: Path, seed: int) -> None:
        self._work, self._seed = work, seed

    def __iter__(self) -> Iterator[Batch]:
        """Draw pictures."""
        cv2.setNumThreads(1)
        rng, pictures = np.random.default_rng(self._seed), Pictures(self._work)
        while True:
            chosen = rng.choice(len(pictures), BATCH, replace=False)
            first = np.stack([square(mild(pictures[n], rng), SIDE) for n in chosen])
            hosts = rng.integers(0, len(pictures), BATCH)
            pairs = zip(chosen, hosts, strict=True)
            second = np.stack([square(strong(pictures[n], pictures[h], rng), SIDE) for n, h in pairs])
            mixed, partners, shares = mix(second, rng)
            yield Batch(*(torch.from_numpy(a) for a in (first, mixed, chosen, partners, shares)))


def mix(pictures: Pixels, rng: Generator) -> tuple[Pixels, NDArray[np.int64], NDArray[np.float32]]:
    """Blend or cut some rows (n, s, s, 3) into others; return which, and the share that the first keeps."""
    made, partners = pictures.copy(), np.roll(np.arange(len(pictures)), 1)
    shares = np.ones(len(pictures), np.float32)
    for n in np.flatnonzero(rng.random(len(pictures)) < MIXED):
        shares[n], other = rng.uniform(0.35, 0.65), pictures[partners[n]]
        if rng.random() < 0.5:
            made[n] = (shares[n] * pictures[n] + (1 - shares[n]) * other).astype(np.uint8)
            continue
        edge = int(pictures.shape[1] * shares[n])
        if rng.random() < 0.5:
            made[n, edge:] = other[edge:]
        else:
            made[n, :, edge:] = other[:, edge:]
    return made, partners, shares


def normalised(pictures: Tensor) -> Tensor:
    """Turn (n, s, s, 3) uint8 into what the network takes."""
    scaled = pictures.permute(0, 3, 1, 2).float().div_(255)
    return (scaled - torch.tensor(MEAN)[:, None, None]) / torch.tensor(STD)[:, None, None]


def loss_of(
    edited: Tensor, keys: Tensor, batch: Batch, past: Tensor, past_ids: Tensor
) -> tuple[Tensor, Tensor]:
    """InfoNCE of edits (n, d) against pictures (n, d) and past ones (m, d), and how near strangers come."""
    chosen, partners, shares = batch.chosen, batch.partners, batch.shares
    similar = edited @ torch.cat((keys, past)).T
    same = (chosen[:, None] == past_ids[None]) | (chosen[partners][:, None] == past_ids[None])
    similar = torch.cat((similar[:, : len(keys)], similar[:, len(keys) :].masked_fill(same, -1)), 1)
    rows, logs = torch.arange(len(keys)), functional.log_softmax(similar / TEMPERATURE, 1)
    hit = -(shares * logs[rows, rows] + (1 - shares) * logs[rows, partners]).mean()
    strangers = similar.clone()
    strangers[rows, rows] = strangers[rows, partners] = -1
    spread = -torch.log((2 - 2 * strangers.max(1).values).clamp(min=1e-4).sqrt())
    return hit, spread[shares == 1].mean()


class Tuning:
    """The network, the copy that follows it, and the queue of what that copy saw."""

    def __init__(self, network: CopyEncoder) -> None:
        network.settle()
        self.network = network.to(memory_format=torch.channels_last)
        self.follower = deepcopy(network).requires_grad_(False)
        body = [
            p for n, p in network.named_parameters() if p.requires_grad and not n.startswith("projection")
        ]
        groups = [
            {"params": body, "peak": RATE_BODY},
            {"params": list(network.projection.parameters()), "peak": RATE_HEAD},
        ]
        self.optimiser = torch.optim.AdamW(groups, lr=1e-4, weight_decay=1e-4)
        self._past = torch.zeros(0, network.projection.out_features)
        self._past_ids = torch.zeros(0, dtype=torch.int64)

    def step(self, batch: Batch, rate: float) -> tuple[float, float]:
        """Learn from a batch at a share of the peak rates; gives both losses."""
        for group in self.optimiser.param_groups:
            group["lr"] = group["peak"] * rate
        with torch.no_grad(), torch.autocast("cpu", torch.bfloat16):
            keys = self.follower(_tensor(batch.mild)).float()
        with torch.autocast("cpu", torch.bfloat16):
            edited = self.network(_tensor(batch.edited))
        hit, spread = loss_of(edited.float(), keys, batch, self._past, self._past_ids)
        self.optimiser.zero_grad()
        (hit + ENTROPY * spread).backward()
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), 2.0)
        self.optimiser.step()
        self._past = torch.cat((keys, self._past))[:QUEUE]
        self._past_ids = torch.cat((batch.chosen, self._past_ids))[:QUEUE]
        with torch.no_grad():
            pairs = zip(self.follower.parameters(), self.network.parameters(), strict=True)
            for behind, ahead in pairs:
                behind.lerp_(ahead, 1 - FOLLOW)
        return hit.item(), spread.item()


def _tensor(pictures: Tensor) -> Tensor:
    return normalised(pictures).contiguous(memory_format=torch.channels_last)


def train(network: CopyEncoder, work: Path, deadline: float, seed: int = 7) -> dict[str, float]:
    """Run until `deadline` (Unix time), the rate falling as a cosine; the follower is the result."""
    tuning, began, step, shown = Tuning(network), time.time(), 0, np.zeros(2)
    for batch in DataLoader(Batches(work, seed), batch_size=None, num_workers=1, prefetch_factor=4):
        done = (time.time() - began) / (deadline - began)
        if done >= 1:
            break
        losses = tuning.step(batch, min(1, (step + 1) / WARM_STEPS) * (0.5 + 0.5 * math.cos(math.pi * done)))
        step += 1
        shown = 0.95 * shown + 0.05 * np.array(losses)
        if step % 50 == 0:
            means = " ".join(f"{value / (1 - 0.95**step):.3f}" for value in shown)
            print(f"{step} {time.time() - began:.0f} s: {means}", flush=True)
            torch.save(tuning.follower.state_dict(), work / "tuned.pt")
    torch.save(tuning.follower.state_dict(), work / "tuned.pt")
    return {"steps": step, "pictures": step * 2 * BATCH, "minutes": round((time.time() - began) / 60, 1)}


def whitened(network: CopyEncoder, pictures: Pictures, count: int = 3000) -> CopyEncoder:
    """Fit the projection of the untouched backbone to training pictures: the frozen network."""
    order = np.random.default_rng(1).permutation(len(pictures))[:count]
    parts = np.array_split(order, max(1, len(order) // 32))
    with torch.inference_mode():
        pooled = [
            network.pooled(normalised(torch.from_numpy(np.stack([square(pictures[n], 224) for n in part]))))
            for part in parts
        ]
    network.whiten(torch.cat(pooled).clone())
    return network


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("backbone", type=Path)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--deadline", type=float, help="when to stop tuning; without it nothing is tuned")
    arguments = parser.parse_args()
    os.nice(19)
    torch.manual_seed(7)
    start, frozen = load(arguments.backbone), arguments.work / "frozen.pt"
    if frozen.exists():
        start.load_state_dict(torch.load(frozen))
    else:
        torch.save(whitened(start, Pictures(arguments.work)).state_dict(), frozen)
    if arguments.deadline is not None:
        print(train(start, arguments.work, arguments.deadline))
