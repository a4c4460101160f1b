"""Pictures of text, drawn with the font that Pillow carries."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

Views = tuple[NDArray[np.uint8], ...]


@dataclass(frozen=True)
class DrawnFrame:
    """A frame as the reader sees one."""

    views: Views


@dataclass(frozen=True)
class Drawn:
    """A picture as the reader sees one."""

    width: int
    height: int
    frames: tuple[DrawnFrame, ...] = field(default_factory=tuple)


def drawn(
    *texts: tuple[str, tuple[int, int]],
    size: int = 32,
    canvas: tuple[int, int] = (640, 320),
    ink: str = "black",
    paper: str = "white",
    angle: float = 0,
) -> Image.Image:
    """Draw each text at its place, then turn the whole counter-clockwise by an angle in degrees."""
    image = Image.new("RGB", canvas, paper)
    pen = ImageDraw.Draw(image)
    for text, place in texts:
        pen.multiline_text(place, text, fill=ink, font=ImageFont.load_default(size))
    return image.rotate(angle, expand=True, fillcolor=paper)


def picture(*images: Image.Image) -> Drawn:
    """Make a picture whose frames are the images, at the size of the first."""
    frames = tuple(DrawnFrame((np.asarray(image.convert("RGB"), np.uint8),)) for image in images)
    return Drawn(*images[0].size, frames)
