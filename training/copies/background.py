"""Builds the background of ordinary pictures for a network: `python -m training.copies.background PICTURES`.

PICTURES is a folder of the training side only, so that no reported figure is measured on a picture that the
background holds. Only vectors are written.
"""

import argparse
import hashlib
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

import quell.models
from quell.copies import Background, CopyNetwork
from quell.copies.calibration import geometry_score
from quell.copies.domain import Rgb
from quell.copies.geometry import place
from quell.copies.hashes import LIMIT, distances, is_flat, read_hashes
from quell.copies.keypoints import grey, read_keypoints
from quell.copies.stored import THUMB, StoredSample
from training.copies.pictures import pictures_of

_MODELS = Path(quell.models.__file__).parent
_MOST = 1600
_ASIDE = 300
_MARGIN = 0.07
_SURE = 0.15


def build(pictures: Path, network: CopyNetwork, folder: Path) -> int:
    """Write `vectors.npz` and the manifest into a folder; gives the number of pictures."""
    parts = [picture for picture in pictures_of(pictures, _MOST + _ASIDE, seed=1) if not is_flat(picture)]
    aside, parts = parts[:_ASIDE], parts[_ASIDE:]
    vectors = np.stack([network.embed(part) for part in parts]).astype(np.float16)
    middle = _middle(aside, network, vectors.astype(np.float32))
    folder.mkdir(parents=True, exist_ok=True)
    np.savez(folder / "vectors.npz", vectors=vectors)
    data = (folder / "vectors.npz").read_bytes()
    (folder / "manifest.toml").write_text(
        f'name = "{network.name}"\n'
        'revision = "1"\n'
        'licence = "Apache-2.0"\n\n'
        "[origin]\n"
        'pictures = "openly licensed Debian packages, the training side; embeddings only"\n\n'
        "[parameters]\n"
        f'network = "{network.revision}"\n'
        f"pictures = {len(parts)}\n"
        f"middle = {middle:.4f}\n\n"
        "[[files]]\n"
        'path = "vectors.npz"\n'
        f'sha256 = "{hashlib.sha256(data).hexdigest()}"\n'
        f"bytes = {len(data)}\n",
        encoding="utf-8",
    )
    return len(parts)


def _middle(aside: list[Rgb], network: CopyNetwork, vectors: NDArray[np.float32]) -> float:
    """Set the middle above the excess that any picture reaches with any of the 299 others."""
    background = Background(network.revision, vectors)
    plain = np.stack([network.embed(part) for part in aside])
    turned = np.stack([network.embed(np.ascontiguousarray(part[:, ::-1])) for part in aside])
    nearness = background.nearness(plain)
    excess = []
    for queries in (plain, turned):
        ordinary = (background.nearness(queries)[:, None] + nearness[None, :]) / 2
        excess.append(queries @ plain.T - ordinary)
    nearest = np.maximum(*excess)
    np.fill_diagonal(nearest, -1)
    for one, other in np.argwhere(nearest > _SURE):
        if _shares(aside[one], aside[other]):
            nearest[one, other] = -1
    return float(nearest.max()) + _MARGIN


def _shares(one: Rgb, other: Rgb) -> bool:
    """Say whether one picture lies in the other: packages hold edits of their own pictures."""
    if distances(read_hashes(one).bits, read_hashes(other).bits[:1])[0] <= 2 * LIMIT:
        return True
    picture, small = grey(one, 640), grey(other, 384)
    thumb = np.asarray(cv2.resize(small, (THUMB, THUMB), interpolation=cv2.INTER_AREA), np.uint8)
    nothing = np.zeros((0, 32), np.uint8)
    none = np.zeros((0, 1), np.float32)
    sample = StoredSample(nothing, nothing, nothing, none, none, read_keypoints(small, 300), thumb)
    found = read_keypoints(picture, 1000)
    mirror = np.ascontiguousarray(picture[:, ::-1])
    placings = (place(sample, picture, found), place(sample, mirror, found.mirrored()))
    return any(placing is not None and geometry_score(placing) >= 0.2 for placing in placings)


def main() -> None:
    """Build the background of one network."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pictures", type=Path)
    parser.add_argument("--network", default="copies-mobilenet")
    chosen = parser.parse_args()
    network = CopyNetwork(_MODELS / "weights" / chosen.network)
    count = build(chosen.pictures, network, _MODELS / "backgrounds" / chosen.network)
    print(f"{count} pictures")


if __name__ == "__main__":
    main()
