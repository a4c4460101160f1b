"""Gathers distinct pictures from unpacked Debian packages.

python -m training.copies.gather PICTURES --out WORK
"""

import argparse
import hashlib
import json
import os
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import cv2
import numpy as np
import pdqhash
from numpy.typing import NDArray

HELD_OUT = (
    "endless-sky-data",
    "gnome-backgrounds",
    "lxqt-themes",
    "marble-data",
    "mate-backgrounds",
    "opencv-doc",
    "plasma-workspace-wallpapers",
    "python-skimage-doc",
    "ukui-wallpapers",
    "wesnoth-1.16-data",
)
# Of the training side: never trained on, so that networks are chosen and thresholds set on them.
VALIDATION = (
    "desktop-base",
    "hugin-data",
    "krita-data",
    "lincity-ng-data",
    "supertux-data",
    "tuxpaint-data",
    "unknown-horizons",
)
SUFFIXES = {".jpg", ".jpeg", ".png", ".webp"}
LEAST_BYTES, LEAST_SIDE, LEAST_SPREAD, LEAST_QUALITY = 12_000, 160, 18.0, 50
# Two pictures this many of 256 bits apart or nearer, mirrored or not, are one; chance pairs lie near 128.
SAME = 60
TRIED, KEPT = 700, 450
TRAINING_SIDE, HELD_OUT_SIDE = 320, 1024

Pixels = NDArray[np.uint8]


def files(package: Path) -> list[Path]:
    """Return up to `TRIED` picture files of a package, in an order that mixes its folders."""
    found = [
        path
        for path in package.rglob("*")
        if path.suffix.lower() in SUFFIXES and path.is_file() and path.stat().st_size >= LEAST_BYTES
    ]
    return sorted(found, key=lambda path: hashlib.sha256(str(path).encode()).digest())[:TRIED]


def read(path: Path, side: int) -> tuple[Pixels, NDArray[np.bool_]] | None:
    """Return RGB on white with its long side at most `side`, and eight PDQ hashes (8, 256); None if unfit."""
    raw = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
    if raw is None or raw.ndim != 3 or raw.dtype != np.uint8 or min(raw.shape[:2]) < LEAST_SIDE:
        return None
    if max(raw.shape[:2]) / min(raw.shape[:2]) > 4:
        return None
    if raw.shape[2] == 4:
        opaque = raw[..., 3:].astype(np.float32) / 255
        raw = (raw[..., :3] * opaque + 255 * (1 - opaque)).astype(np.uint8)
    scale = side / max(raw.shape[:2])
    if scale < 1:
        raw = cv2.resize(raw, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    if raw.std() < LEAST_SPREAD:
        return None
    rgb = np.ascontiguousarray(raw[..., ::-1])
    hashes, quality = pdqhash.compute_dihedral(rgb)
    return None if quality < LEAST_QUALITY else (rgb, np.asarray(hashes, bool))


def distinct(packages: list[Path], side: int, seen: list[NDArray[np.bool_]]) -> Iterator[tuple[str, Pixels]]:
    """Yield (package, picture), skipping what is a copy of anything in `seen`, which grows."""
    with ProcessPoolExecutor(2) as pool:
        for package in packages:
            paths, kept = files(package), 0
            for found in pool.map(read, paths, [side] * len(paths), chunksize=8):
                if found is None or kept >= KEPT:
                    continue
                rgb, hashes = found
                if seen and (np.stack(seen)[:, None] ^ hashes[None]).sum(2).min() <= SAME:
                    continue
                seen.append(hashes[0])
                kept += 1
                yield package.name, rgb


def gather(pictures: Path, out: Path) -> dict[str, dict[str, int]]:
    """Write `heldout/*.jpg` and `training.u8` with `training.json`; give how many came from which package."""
    folders = sorted(path for path in pictures.iterdir() if path.is_dir())
    seen: list[NDArray[np.bool_]] = []
    counts: dict[str, dict[str, int]] = {"training": {}, "held_out": {}}
    (out / "heldout").mkdir(parents=True, exist_ok=True)
    for name, rgb in distinct([f for f in folders if f.name in HELD_OUT], HELD_OUT_SIDE, seen):
        number = counts["held_out"][name] = counts["held_out"].get(name, 0) + 1
        target = out / "heldout" / f"{name}__{number:04}.jpg"
        cv2.imwrite(str(target), rgb[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 95])
    (out / "split.json").write_text(json.dumps(counts, indent=1), encoding="utf-8")
    table: list[tuple[int, int, int]] = []
    with (out / "training.u8").open("wb") as pixels:
        for name, rgb in distinct([f for f in folders if f.name not in HELD_OUT], TRAINING_SIDE, seen):
            counts["training"][name] = counts["training"].get(name, 0) + 1
            table.append((pixels.tell(), rgb.shape[0], rgb.shape[1]))
            pixels.write(rgb.tobytes())
    (out / "training.json").write_text(json.dumps(table), encoding="utf-8")
    (out / "split.json").write_text(json.dumps(counts, indent=1), encoding="utf-8")
    return counts


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pictures", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    cv2.setNumThreads(1)
    os.nice(10)
    print(json.dumps(gather(arguments.pictures, arguments.out), indent=1))
