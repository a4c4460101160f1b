"""The edits by which people change a picture before they post it again; each with its own seed."""

import io
from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

Rgb = NDArray[np.uint8]
Edit = Callable[[Rgb, np.random.Generator, Rgb], Rgb]
"""Takes the picture, a source of chance and another picture that may lie around it."""


def jpeg(picture: Rgb, quality: int) -> Rgb:
    """Write and read again as JPEG."""
    written = io.BytesIO()
    Image.fromarray(picture).save(written, "JPEG", quality=quality)
    return np.asarray(Image.open(written).convert("RGB"))


def scaled(picture: Rgb, factor: float) -> Rgb:
    """Change the size; never below 50 pixels a side."""
    height, width = picture.shape[:2]
    size = max(50, round(width * factor)), max(50, round(height * factor))
    return cv2.resize(picture, size, interpolation=cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC)


def cropped(picture: Rgb, random: np.random.Generator, taken: float) -> Rgb:
    """Cut away the given share of the area, at a place left to chance."""
    height, width = picture.shape[:2]
    side = np.sqrt(1 - taken)
    h, w = max(50, int(height * side)), max(50, int(width * side))
    y, x = random.integers(0, max(1, height - h + 1)), random.integers(0, max(1, width - w + 1))
    return picture[y : y + h, x : x + w]


def padded(picture: Rgb, top: float, side: float, colour: tuple[int, int, int]) -> Rgb:
    """Lay bars around; their widths are shares of the height and width."""
    height, width = picture.shape[:2]
    v, h = int(height * top), int(width * side)
    return cv2.copyMakeBorder(picture, v, v, h, h, cv2.BORDER_CONSTANT, value=colour)


def written(picture: Rgb, text: str, where: float, colour: tuple[int, int, int]) -> Rgb:
    """Write a line of text across, with a dark outline."""
    out = np.ascontiguousarray(picture).copy()
    height, width = out.shape[:2]
    size = width / 260
    thick = max(1, round(size * 2.5))
    at = (int(width * 0.06), int(height * where))
    cv2.putText(out, text, at, cv2.FONT_HERSHEY_DUPLEX, size * 0.8, (0, 0, 0), thick * 3)
    cv2.putText(out, text, at, cv2.FONT_HERSHEY_DUPLEX, size * 0.8, colour, thick)
    return out


def captioned(picture: Rgb, dark: bool) -> Rgb:
    """Add a caption bar above with one line of text."""
    height, width = picture.shape[:2]
    bar = np.full((max(24, height // 5), width, 3), 0 if dark else 255, np.uint8)
    size = width / 420
    ink = (255, 255, 255) if dark else (0, 0, 0)
    at = (int(width * 0.03), int(len(bar) * 0.65))
    cv2.putText(bar, "nobody expected this", at, cv2.FONT_HERSHEY_SIMPLEX, size, ink, max(1, round(size * 2)))
    return np.vstack([bar, picture])


def screenshot(picture: Rgb, _random: np.random.Generator, _other: Rgb) -> Rgb:
    """Show the picture in a feed: grey ground, white card, a name and a line of text, a bar below."""
    height, width = picture.shape[:2]
    wide, tall = int(width * 1.25), int(height * 1.6)
    page = np.full((tall, wide, 3), 236, np.uint8)
    x, y = (wide - width) // 2, int(height * 0.32)
    page[int(height * 0.06) : tall - int(height * 0.1), x - 4 : x + width + 4] = 255
    cv2.circle(page, (x + width // 12, int(height * 0.16)), width // 24, (90, 120, 200), -1)
    for line, text in enumerate(("someone you follow", "look at this, shared 12 times")):
        at = (x + width // 6, int(height * (0.15 + 0.1 * line)))
        cv2.putText(page, text, at, cv2.FONT_HERSHEY_SIMPLEX, width / 700, (30, 30, 30), 1)
    page[y : y + height, x : x + width] = picture
    return page


def turned(picture: Rgb, degrees: float) -> Rgb:
    """Turn around the middle, on a larger black ground."""
    height, width = picture.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1)
    cos, sin = abs(matrix[0, 0]), abs(matrix[0, 1])
    wide, tall = int(height * sin + width * cos), int(height * cos + width * sin)
    matrix[:, 2] += (wide - width) / 2, (tall - height) / 2
    return cv2.warpAffine(picture, matrix, (wide, tall), flags=cv2.INTER_LINEAR)


def coloured(picture: Rgb, random: np.random.Generator) -> Rgb:
    """Change brightness, contrast, saturation and tint."""
    out = picture.astype(np.float32)
    grey = out.mean(axis=2, keepdims=True)
    out = grey + (out - grey) * random.uniform(0.3, 1.7)
    out = (out - 128) * random.uniform(0.6, 1.4) + 128 + random.uniform(-35, 35)
    return np.clip(out * random.uniform(0.8, 1.2, 3), 0, 255).astype(np.uint8)


def noisy(picture: Rgb, random: np.random.Generator) -> Rgb:
    """Add strong grain."""
    return np.clip(picture + random.normal(0, 22, picture.shape), 0, 255).astype(np.uint8)


def _lay(ground: Rgb, picture: Rgb, at: tuple[int, int], size: tuple[int, int]) -> Rgb:
    (x, y), (w, h) = at, size
    out = ground.copy()
    out[y : y + h, x : x + w] = cv2.resize(picture, (w, h), interpolation=cv2.INTER_AREA)
    return out


def collage(picture: Rgb, random: np.random.Generator, other: Rgb) -> Rgb:
    """Put the picture in one of nine fields, with parts of another in the rest."""
    ground = cv2.resize(other, (960, 720), interpolation=cv2.INTER_AREA)
    for row in range(3):
        for column in range(3):
            part = np.roll(other, (row * 97, column * 131), axis=(0, 1))
            ground = _lay(ground, part, (column * 320 + 3, row * 240 + 3), (314, 234))
    row, column = random.integers(0, 3, 2)
    return _lay(ground, picture, (int(column) * 320 + 3, int(row) * 240 + 3), (314, 234))


def pasted(picture: Rgb, random: np.random.Generator, other: Rgb) -> Rgb:
    """Lay the picture, at a ninth of the area and in its own shape, anywhere on another."""
    ground = cv2.resize(other, (960, 720), interpolation=cv2.INTER_AREA)
    shape = picture.shape[1] / picture.shape[0]
    w = int(np.clip(np.sqrt(960 * 720 / 9 * shape), 60, 900))
    h = int(np.clip(w / shape, 60, 680))
    x, y = random.integers(0, 960 - w), random.integers(0, 720 - h)
    return _lay(ground, picture, (int(x), int(y)), (w, h))


def photographed(picture: Rgb, random: np.random.Generator, _other: Rgb) -> Rgb:
    """Photograph a screen: perspective, a dark surround, moire, uneven light, blur, JPEG."""
    height, width = picture.shape[:2]
    margin = random.uniform(0.03, 0.12, (4, 2)) * (width, height)
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    inwards = np.array([[1, 1], [-1, 1], [-1, -1], [1, -1]])
    matrix = cv2.getPerspectiveTransform(corners, (corners + margin * inwards).astype(np.float32))
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    wave = 1 + 0.07 * np.sin(x * 1.9 + y * 0.31) + 0.07 * np.sin(y * 2.1 - x * 0.23)
    light = 0.75 + 0.4 * x / width
    seen = np.clip(picture * (wave * light)[..., None], 0, 255).astype(np.uint8)
    shot = cv2.warpPerspective(seen, matrix, (width, height), borderValue=(24, 22, 20))
    return jpeg(cv2.GaussianBlur(shot, (0, 0), 0.9), 60)


def _meme(p: Rgb) -> Rgb:
    return written(written(p, "WHEN YOU SEE IT", 0.16, (255, 255, 255)), "TOO LATE", 0.94, (255, 255, 255))


WHITE, BLACK = (255, 255, 255), (0, 0, 0)

CLASSIC: dict[str, Edit] = {
    "resize to a third": lambda p, _r, _o: scaled(p, 0.34),
    "resize to double": lambda p, _r, _o: scaled(p, 2.0),
    "squeezed 4:3": lambda p, _r, _o: cv2.resize(p, (p.shape[1], max(50, p.shape[0] * 3 // 4))),
    "JPEG 90": lambda p, _r, _o: jpeg(p, 90),
    "JPEG 30": lambda p, _r, _o: jpeg(p, 30),
    "JPEG 10": lambda p, _r, _o: jpeg(p, 10),
    "crop 10 %": lambda p, r, _o: cropped(p, r, 0.1),
    "crop 30 %": lambda p, r, _o: cropped(p, r, 0.3),
    "crop 50 %": lambda p, r, _o: cropped(p, r, 0.5),
    "crop 70 %": lambda p, r, _o: cropped(p, r, 0.7),
    "pad": lambda p, _r, _o: padded(p, 0.25, 0.1, WHITE),
    "screenshot": screenshot,
    "caption bar": lambda p, r, _o: captioned(p, bool(r.random() < 0.5)),
    "text over it": lambda p, _r, _o: _meme(p),
    "rotate 5": lambda p, _r, _o: turned(p, 5),
    "rotate 30": lambda p, _r, _o: turned(p, 30),
    "rotate 90": lambda p, _r, _o: np.rot90(p),
    "flip": lambda p, _r, _o: p[:, ::-1],
    "colour": lambda p, r, _o: coloured(p, r),
    "grey": lambda p, _r, _o: np.repeat(p.mean(axis=2, keepdims=True).astype(np.uint8), 3, axis=2),
    "blur": lambda p, _r, _o: cv2.GaussianBlur(p, (0, 0), max(p.shape) / 160),
    "noise": lambda p, r, _o: noisy(p, r),
    "photo of a screen": photographed,
    "flip, crop 30 %, JPEG 30": lambda p, r, _o: jpeg(cropped(p[:, ::-1], r, 0.3), 30),
    "crop 30 %, text, colour": lambda p, r, _o: coloured(_meme(np.ascontiguousarray(cropped(p, r, 0.3))), r),
    "screenshot, a third, JPEG 40": lambda p, r, o: jpeg(scaled(screenshot(p, r, o), 0.4), 40),
}

PASTED: dict[str, Edit] = {
    "collage of nine": collage,
    "paste-in, 1/9": pasted,
    "paste-in, 1/9, flipped": lambda p, r, o: pasted(np.ascontiguousarray(p[:, ::-1]), r, o),
    "collage, JPEG 40": lambda p, r, o: jpeg(collage(p, r, o), 40),
}

EDITS = {**CLASSIC, **PASTED}
