"""Edits that spreading pictures suffer, drawn at random. All take and give RGB uint8 (h, w, 3)."""

from collections.abc import Callable, Sequence

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
Edit = Callable[[Pixels, Generator], Pixels]


def square(picture: Pixels, side: int) -> Pixels:
    """Squash to `side` times `side`, as the network reads it."""
    return cv2.resize(picture, (side, side), interpolation=cv2.INTER_AREA)


def crop(picture: Pixels, rng: Generator, least: float = 0.12, most: float = 0.9) -> Pixels:
    """Keep a rectangle of `least` to `most` of the area."""
    height, width = picture.shape[:2]
    area, aspect = rng.uniform(least, most), np.exp(rng.uniform(-0.4, 0.4))
    h = int(np.clip(height * (area / aspect) ** 0.5, 24, height))
    w = int(np.clip(width * (area * aspect) ** 0.5, 24, width))
    y, x = rng.integers(0, height - h + 1), rng.integers(0, width - w + 1)
    return picture[y : y + h, x : x + w]


def mirror(picture: Pixels, rng: Generator) -> Pixels:
    """Flip sideways, or now and then upside down."""
    return picture[:, ::-1] if rng.random() < 0.8 else picture[::-1]


def turn(picture: Pixels, rng: Generator) -> Pixels:
    """Rotate by a quarter, or by up to 45 degrees on a plain ground or cut to what is filled."""
    if rng.random() < 0.35:
        return np.rot90(picture, rng.integers(1, 4))
    height, width = picture.shape[:2]
    degrees = rng.uniform(-45, 45) if rng.random() < 0.4 else rng.uniform(-15, 15)
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0 if rng.random() < 0.5 else 0.8)
    ground = tuple(int(c) for c in rng.choice((0, 128, 255), 1).repeat(3))
    return cv2.warpAffine(picture, matrix, (width, height), borderValue=ground)


def lean(picture: Pixels, rng: Generator) -> Pixels:
    """See it at a slant, as a photograph of a screen would."""
    height, width = picture.shape[:2]
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    moved = corners + rng.uniform(-0.14, 0.14, (4, 2)).astype(np.float32) * (width, height)
    matrix = cv2.getPerspectiveTransform(corners, moved.astype(np.float32))
    seen = cv2.warpPerspective(picture, matrix, (width, height), borderValue=(int(rng.integers(0, 256)),) * 3)
    light = np.linspace(rng.uniform(0.6, 1.1), rng.uniform(0.8, 1.3), width)[None, :, None]
    return np.clip(seen * light, 0, 255).astype(np.uint8)


def colour(picture: Pixels, rng: Generator) -> Pixels:
    """Change brightness, contrast, tint and saturation; sometimes drop the colour."""
    seen = picture.astype(np.float32)
    grey = seen @ np.array((0.299, 0.587, 0.114), np.float32)
    keep = 0.0 if rng.random() < 0.25 else rng.uniform(0.3, 1.8)
    seen = grey[..., None] + keep * (seen - grey[..., None])
    seen = (seen - 128) * rng.uniform(0.5, 1.6) + 128 + rng.uniform(-55, 55)
    tint = rng.uniform(0.75, 1.25, 3) if rng.random() < 0.5 else (1, 1, 1)
    return np.clip(seen * np.asarray(tint, np.float32), 0, 255).astype(np.uint8)


def blur(picture: Pixels, rng: Generator) -> Pixels:
    """Soften, or lose resolution and come back."""
    if rng.random() < 0.5:
        return cv2.GaussianBlur(picture, (0, 0), rng.uniform(0.6, 3.0))
    height, width = picture.shape[:2]
    small = cv2.resize(picture, None, fx=(s := rng.uniform(0.15, 0.5)), fy=s, interpolation=cv2.INTER_AREA)
    return cv2.resize(small, (width, height), interpolation=int(rng.choice((0, 1, 2))))


def noise(picture: Pixels, rng: Generator) -> Pixels:
    """Add grain."""
    grain = rng.standard_normal(picture.shape, np.float32) * rng.uniform(5, 40)
    return np.clip(picture + grain, 0, 255).astype(np.uint8)


def jpeg(picture: Pixels, rng: Generator) -> Pixels:
    """Store at a poor quality."""
    _, stored = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(8, 60))])
    return cv2.imdecode(stored, cv2.IMREAD_COLOR)


def words(picture: Pixels, rng: Generator) -> Pixels:
    """Write random letters over it, some of them large."""
    made = picture.copy()
    height, width = made.shape[:2]
    for _ in range(rng.integers(1, 4)):
        text = "".join(chr(c) for c in rng.integers(65, 91, rng.integers(4, 16)))
        place = (int(rng.integers(0, width // 2 + 1)), int(rng.integers(height // 8, height)))
        scale, font = float(rng.uniform(0.4, 1.6)) * width / 320, int(rng.choice((0, 2, 3, 4)))
        tone = (255,) * 3 if rng.random() < 0.5 else tuple(int(c) for c in rng.integers(0, 256, 3))
        cv2.putText(made, text, place, font, scale, (0, 0, 0), 5)
        cv2.putText(made, text, place, font, scale, tone, 2)
    return made


def bars(picture: Pixels, rng: Generator) -> Pixels:
    """Add a caption bar above, below or on both sides, with letters in it."""
    height, width = picture.shape[:2]
    tone = int(rng.choice((0, 16, 240, 255)))
    sizes = [int(height * rng.uniform(0.1, 0.35)) if rng.random() < 0.6 else 0 for _ in range(2)]
    made = cv2.copyMakeBorder(picture, *sizes, 0, 0, cv2.BORDER_CONSTANT, value=(tone,) * 3)
    for size, base in ((sizes[0], sizes[0]), (sizes[1], len(made))):
        if size:
            text = "".join(chr(c) for c in rng.integers(97, 123, 14))
            at = (int(width * 0.05), base - size // 3)
            cv2.putText(made, text, at, 0, width / 320, (255 - tone,) * 3, 2)
    return made


def screenshot(picture: Pixels, rng: Generator) -> Pixels:
    """Put it on a plain page with borders of any width and rows that look like controls."""
    height, width = picture.shape[:2]
    most = rng.choice((0.15, 0.5))
    top, bottom, left, right = (int(side * rng.uniform(0, most)) for side in (height, height, width, width))
    tone = int(rng.choice((0, 24, 128, 235, 255)))
    made = cv2.copyMakeBorder(picture, top, bottom, left, right, cv2.BORDER_CONSTANT, value=(tone,) * 3)
    for _ in range(rng.integers(0, 6)):
        y = (
            int(rng.integers(0, max(top, 1)))
            if rng.random() < 0.5
            else int(rng.integers(top + height, len(made) + 1))
        )
        x = int(rng.integers(0, made.shape[1]))
        shade = tuple(int(c) for c in rng.integers(0, 256, 3))
        cv2.rectangle(made, (x, y), (x + int(rng.integers(8, 90)), min(y + 6, len(made))), shade, -1)
    made[top : top + height, left : left + width] = picture
    return made


def paste(picture: Pixels, host: Pixels, rng: Generator) -> Pixels:
    """Lay it on another picture, over 15 to 80 % of the area."""
    made = cv2.resize(host, (256, 256), interpolation=cv2.INTER_AREA)
    scale = rng.uniform(0.15, 0.8) ** 0.5
    bend = np.exp(rng.uniform(-0.2, 0.2))
    h, w = int(min(256, 256 * scale * bend)), int(min(256, 256 * scale / bend))
    y, x = rng.integers(0, 257 - h), rng.integers(0, 257 - w)
    made[y : y + h, x : x + w] = cv2.resize(picture, (w, h), interpolation=cv2.INTER_AREA)
    return made


EDITS: Sequence[tuple[float, Edit]] = (
    (0.45, crop), (0.3, mirror), (0.25, turn), (0.12, lean), (0.4, colour), (0.15, words),
    (0.15, bars), (0.25, screenshot), (0.2, blur), (0.15, noise), (0.3, jpeg),
)  # fmt: skip


def strong(picture: Pixels, host: Pixels, rng: Generator) -> Pixels:
    """Draw a chain of edits, in any order but for the last; one in eight is pasted onto `host` first."""
    if rng.random() < 0.12:
        picture = paste(picture, host, rng)
    picked = [edit for chance, edit in EDITS if rng.random() < chance]
    for n in rng.permutation(len(picked))[:5]:
        picture = np.ascontiguousarray(picked[n](picture, rng))
    return picture


def mild(picture: Pixels, rng: Generator) -> Pixels:
    """Leave it, or crop a little and change its colours."""
    if rng.random() < 0.5:
        return picture
    return np.ascontiguousarray(jpeg(crop(picture, rng, 0.6, 1.0), rng))
