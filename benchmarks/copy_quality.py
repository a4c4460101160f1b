"""How well copies of a picture are found, edit by edit, beside hashes and bare networks.

python -m benchmarks.copy_quality FOLDER --network NAME=MODEL_FOLDER --out benchmarks/results/copy_quality

Folders hold pictures: what installed packages carry (`/usr/share`), or unpacked packages that neither train
nor calibrate (`training/copies`). No picture is part of this project.
"""

import argparse
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import pdqhash
from numpy.typing import NDArray
from training.copies.pictures import pictures_of

from benchmarks.copy_edits import CLASSIC, EDITS, PASTED, Rgb, collage, screenshot
from benchmarks.copy_tables import Run, summarise, write
from quell.copies import CopyIndex, CopyMatch, CopyNetwork, CopyReader

THRESHOLD = 0.5
_SAME = 60
Scores = NDArray[np.float64]


@dataclass(frozen=True)
class _Frame:
    views: tuple[Rgb, ...]


@dataclass(frozen=True)
class _Picture:
    """A decoded picture of one frame."""

    width: int
    height: int
    frames: tuple[_Frame, ...]


def decoded(rgb: Rgb) -> _Picture:
    """Give an array as a decoded picture."""
    rgb = np.ascontiguousarray(rgb)
    return _Picture(rgb.shape[1], rgb.shape[0], (_Frame((rgb,)),))


def pdq(rgb: Rgb) -> NDArray[np.bool_]:
    """Give the PDQ hash, (256,)."""
    return np.asarray(pdqhash.compute(np.ascontiguousarray(rgb))[0], bool)


def phash(rgb: Rgb) -> NDArray[np.bool_]:
    """Give the 64 bits of the DCT hash: low frequencies of the 32 by 32 version above their median."""
    grey = cv2.cvtColor(np.ascontiguousarray(rgb), cv2.COLOR_RGB2GRAY)
    small = cv2.resize(grey, (32, 32), interpolation=cv2.INTER_AREA).astype(np.float32)
    low = cv2.dct(small)[:8, :8].ravel()
    return low > np.median(low)


class Rival:
    """A method that gives one vector a picture; the dot product tells how alike two are."""

    def __init__(self, read: Callable[[Rgb], NDArray[np.generic]], samples: list[Rgb]) -> None:
        self._read = read
        self._samples = np.stack([self._vector(sample) for sample in samples])
        self.found: dict[str, list[Scores]] = {}

    def _vector(self, rgb: Rgb) -> Scores:
        vector = self._read(rgb)
        return (vector * 2.0 - 1 if vector.dtype == bool else vector).astype(np.float64)

    def ask(self, group: str, rgb: Rgb) -> None:
        """Note the similarity of a picture to every sample."""
        self.found.setdefault(group, []).append(self._samples @ self._vector(rgb))


class Shipped:
    """The matcher as it ships, all samples in one incident."""

    def __init__(self, samples: list[Rgb]) -> None:
        self._reader = CopyReader.shipped()
        self._index = CopyIndex.fit(
            [(str(n), self._reader.sample(decoded(s))) for n, s in enumerate(samples)]
        )
        self.found: dict[str, list[CopyMatch]] = {}
        self.seconds: list[float] = []

    def ask(self, group: str, rgb: Rgb) -> None:
        """Note the answer for a picture."""
        began = time.process_time()
        match = self._index.match(self._reader.query(decoded(rgb)), THRESHOLD)
        self.seconds.append(time.process_time() - began)
        self.found.setdefault(group, []).append(match)


def gather(folders: list[Path], most: int) -> list[Rgb]:
    """Read distinct pictures: none has a hash close to an earlier one's, mirrored or turned."""
    kept: list[Rgb] = []
    hashes: list[NDArray[np.bool_]] = []
    for folder in folders:
        for rgb in pictures_of(folder, 10 * most, seed=11, side=1024):
            eight, quality = pdqhash.compute_dihedral(rgb)
            bits = np.asarray(eight, bool)
            if quality < 50 or (hashes and (np.stack(hashes)[:, None] ^ bits).sum(2).min() <= _SAME):
                continue
            hashes.append(bits[0])
            kept.append(rgb)
            if len(kept) == most:
                return kept
    return kept


def halves(rgb: Rgb) -> tuple[Rgb, Rgb] | None:
    """Cut two pictures of one scene that share no pixel; None where a half would be small or narrow."""
    height, width = rgb.shape[:2]
    if width < 700 or height < 400:
        return None
    return rgb[:, : int(width * 0.46)], rgb[:, int(width * 0.54) :]


def run(folders: list[Path], count: int, each: int, networks: dict[str, Path], deadline: float) -> Run:
    """Ask every method about the edits of the samples and about pictures that are no copies."""
    random = np.random.default_rng(17)
    pictures = gather(folders, 4 * count)
    order = random.permutation(len(pictures))
    samples, others = ([pictures[n] for n in part] for part in (order[:count], order[count:]))
    methods: dict[str, Callable[[Rgb], NDArray[np.generic]]] = {"PDQ": pdq, "pHash": phash}
    methods |= {name: CopyNetwork(folder).embed for name, folder in networks.items()}
    rivals = {name: Rival(read, samples) for name, read in methods.items()}
    shipped = Shipped(samples)
    for group, rgb in _strangers(others, random):
        for method in (*rivals.values(), shipped):
            method.ask(group, rgb)
    scenes = [pair for pair in (halves(rgb) for rgb in pictures) if pair is not None][:100]
    aside = Shipped([left for left, _ in scenes])
    for _, right in scenes:
        aside.ask("other half of the scene", right)
    shipped.found |= aside.found
    true: dict[str, list[int]] = {name: [] for name in EDITS}
    for turn in range(each):
        if time.time() > deadline:
            break
        for number, (name, edit) in enumerate(EDITS.items()):
            # Each edit meets its own part of the samples; together they meet every one.
            sample = (number * 31 + turn * max(1, count // each)) % count
            true[name].append(sample)
            edited = edit(samples[sample], random, others[int(random.integers(len(others)))])
            for method in (*rivals.values(), shipped):
                method.ask(name, np.ascontiguousarray(edited))
        print(turn, flush=True)
    return Run(len(samples), true, {n: r.found for n, r in rivals.items()}, shipped.found, shipped.seconds)


def _strangers(others: list[Rgb], random: np.random.Generator) -> list[tuple[str, Rgb]]:
    """Give pictures that are no copies: as they are, in a screenshot, and nine in one."""
    shuffled = [others[n] for n in random.permutation(len(others))]
    return [
        *(("as it is", rgb) for rgb in others),
        *(("in a screenshot", screenshot(rgb, random, rgb)) for rgb in others[::4]),
        *(("in a collage", collage(rgb, random, shuffled[n])) for n, rgb in enumerate(others[1::4])),
    ]


def main() -> None:
    """Run and write the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", type=Path, nargs="*", default=[Path("/usr/share")])
    parser.add_argument("--samples", type=int, default=200)
    parser.add_argument("--each", type=int, default=100, help="samples that each edit is made of")
    parser.add_argument("--minutes", type=float, default=120, help="after which no further sample is asked")
    parser.add_argument("--network", action="append", default=[], help="NAME=FOLDER of a bare network")
    parser.add_argument("--out", type=Path, required=True, help="where to write, without the ending")
    chosen = parser.parse_args()
    cv2.setNumThreads(1)
    networks = {name: Path(folder) for name, folder in (text.split("=", 1) for text in chosen.network)}
    deadline = time.time() + 60 * chosen.minutes
    done = run(chosen.folders, chosen.samples, min(chosen.each, chosen.samples), networks, deadline)
    summary = write(summarise(done, THRESHOLD), tuple(CLASSIC), tuple(PASTED), chosen.out)
    print(json.dumps(summary, indent=1))


if __name__ == "__main__":
    main()
