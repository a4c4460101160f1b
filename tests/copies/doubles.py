"""A network and pictures small enough for any test of copies."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from quell.copies import Background, CopyReader

Rgb = NDArray[np.uint8]


class TinyNetwork:
    """Sees the 8 by 8 version of a picture, with its mean taken off."""

    name = "tiny"
    revision = "1"
    dim = 192

    def __init__(self) -> None:
        self.read = 0

    def embed(self, rgb: Rgb) -> NDArray[np.float32]:
        """Read one picture into a unit vector (192,), and count it."""
        self.read += 1
        return self.glance(rgb)

    def glance(self, rgb: Rgb) -> NDArray[np.float32]:
        """Read one picture into the same vector."""
        small = cv2.resize(np.ascontiguousarray(rgb), (8, 8), interpolation=cv2.INTER_AREA)
        vector = small.astype(np.float32).ravel()
        vector -= vector.mean()
        vector /= max(float(np.linalg.norm(vector)), 1e-6)
        return vector


@dataclass(frozen=True)
class ShownFrame:
    """A frame of given views."""

    views: tuple[Rgb, ...]


@dataclass(frozen=True)
class ShownPicture:
    """A decoded picture of given frames."""

    width: int
    height: int
    frames: tuple[ShownFrame, ...]


def shown(*views: Rgb) -> ShownPicture:
    """Give a picture of one frame for each array."""
    height, width = views[0].shape[:2]
    return ShownPicture(width, height, tuple(ShownFrame((view,)) for view in views))


def tiny_reader(network: TinyNetwork | None = None) -> CopyReader:
    """Read with the tiny network and a small background of noise."""
    network = network or TinyNetwork()
    noise = np.random.default_rng(0).normal(size=(64, network.dim)).astype(np.float32)
    noise /= np.linalg.norm(noise, axis=1, keepdims=True)
    return CopyReader(network, Background(network.revision, noise))


def scene(seed: int, width: int = 480, height: int = 360) -> Rgb:
    """Draw a made-up picture with soft areas, shapes and fine texture; another seed draws another one."""
    random = np.random.default_rng(seed)
    small = random.integers(0, 256, (5, 7, 3), dtype=np.uint8)
    picture = cv2.resize(small, (width, height), interpolation=cv2.INTER_CUBIC)
    for _ in range(40):
        colour = tuple(int(c) for c in random.integers(0, 256, 3))
        x, y = int(random.integers(0, width)), int(random.integers(0, height))
        a, b = int(random.integers(8, 50)), int(random.integers(8, 50))
        if random.random() < 0.5:
            cv2.rectangle(picture, (x, y), (x + a, y + b), colour, -1)
        else:
            cv2.ellipse(picture, (x, y), (a, b), float(random.integers(0, 180)), 0, 360, colour, -1)
    grain = random.integers(-8, 9, (height, width, 1))
    return np.clip(picture.astype(np.int16) + grain, 0, 255).astype(np.uint8)
