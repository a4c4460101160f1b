"""Draws texts into pictures under many conditions, for the benchmark of text in pictures."""

import io
import itertools
import random
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

LATIN = ("en", "de", "fr", "es", "pt", "it", "nl")
LATIN_FONTS = (
    "DejaVuSans.ttf",
    "DejaVuSerif.ttf",
    "LiberationSans-Regular.ttf",
    "LiberationSans-Bold.ttf",
    "LiberationSerif-Regular.ttf",
)
CJK_FONTS = ("NotoSansCJK-Regular.ttc",)
SOLID = ("zh", "ja", "ko")


@dataclass(frozen=True)
class Frame:
    """An opaque frame."""

    views: tuple[np.ndarray, ...]


@dataclass(frozen=True)
class Picture:
    """A picture as the reader sees one."""

    width: int
    height: int
    frames: tuple[Frame, ...]


def picture(image: Image.Image) -> Picture:
    """Make the reader's picture of an image, shrunk as the decoder does."""
    small = image.convert("RGB")
    small.thumbnail((1280, 1280))
    return Picture(*image.size, (Frame((np.asarray(small, np.uint8),)),))


class Fonts:
    """The fonts of a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._opened: dict[tuple[str, int], ImageFont.FreeTypeFont] = {}

    def get(self, name: str, size: int) -> ImageFont.FreeTypeFont:
        """Open a font at a size."""
        key = (name, size)
        if key not in self._opened:
            self._opened[key] = ImageFont.truetype(str(self._folder / name), size)
        return self._opened[key]

    def can_show(self, text: str, condition: "Condition") -> bool:
        """Whether letters are of the planes that these fonts cover; emoji are not."""
        if condition.languages == LATIN:
            return all(" " <= letter <= "ſ" or letter in "‘’“”–—…€" for letter in text)
        gaps = ("☀", "\u2fff"), ("\ud800", "\ufeff"), ("\U00010000", "\U0010ffff")
        return not any(low <= letter <= high for letter in text for low, high in gaps)


def photograph(size: tuple[int, int], seed: int) -> Image.Image:
    """Make a picture that is busy as a photograph is: shapes, gradients, blur and grain."""
    rng = random.Random(seed)
    image = Image.new("RGB", size, tuple(rng.randrange(60, 200) for _ in range(3)))
    pen = ImageDraw.Draw(image)
    for _ in range(60):
        x, y, side = rng.randrange(-50, size[0]), rng.randrange(-50, size[1]), rng.randrange(20, 300)
        colour = tuple(rng.randrange(256) for _ in range(3))
        (pen.ellipse if rng.random() < 0.6 else pen.rectangle)((x, y, x + side, y + side), fill=colour)
    image = image.filter(ImageFilter.GaussianBlur(5))
    return noisy(image, 6, seed)


def noisy(image: Image.Image, strength: float, seed: int) -> Image.Image:
    """Add grain of a standard deviation in grey levels."""
    grain = np.random.default_rng(seed).normal(0, strength, (*image.size[::-1], 3))
    return Image.fromarray(np.clip(np.asarray(image, np.float32) + grain, 0, 255).astype(np.uint8))


def compressed(image: Image.Image, quality: int) -> Image.Image:
    """Pass through JPEG."""
    kept = io.BytesIO()
    image.save(kept, "JPEG", quality=quality)
    return Image.open(kept).convert("RGB")


@dataclass(frozen=True)
class Condition:
    """How a text becomes a picture."""

    name: str
    title: str
    count: int = 40
    languages: tuple[str, ...] = LATIN
    fonts: tuple[str, ...] = LATIN_FONTS
    sizes: tuple[int, ...] = (20, 24, 30, 40)
    colours: tuple[str, str] = ("black", "white")
    angles: tuple[float, ...] = (0,)
    grain: float = 0
    quality: int = 0
    blur: float = 0
    shortest: int = 12
    longest: int = 280
    meme: bool = False

    def render(
        self, text: str, fonts: Fonts, number: int, canvas: tuple[int, int] = (800, 600)
    ) -> Image.Image:
        """Draw the text; the number picks font, size and angle."""
        font = fonts.get(self.fonts[number % len(self.fonts)], self.sizes[number % len(self.sizes)])
        image = (
            self._meme(text.upper(), font, number, canvas) if self.meme else self._page(text, font, number)
        )
        angle = self.angles[number % len(self.angles)]
        if angle:
            image = image.rotate(angle, expand=True, fillcolor=self.colours[1], resample=Image.BICUBIC)
        if self.blur:
            image = image.filter(ImageFilter.GaussianBlur(self.blur))
        if self.grain:
            image = noisy(image, self.grain, number)
        return compressed(image, self.quality) if self.quality else image

    def _page(self, text: str, font: ImageFont.FreeTypeFont, number: int) -> Image.Image:
        lines = wrapped(text, font, 760, blanks=self.languages[0] not in SOLID[:2])
        step = round(font.size * (1.3 + 0.1 * (number % 3)))
        image = Image.new("RGB", (840, max(200, step * len(lines) + 80)), self.colours[1])
        pen = ImageDraw.Draw(image)
        for at, line in enumerate(lines):
            pen.text((40, 40 + at * step), line, fill=self.colours[0], font=font)
        return image

    @staticmethod
    def _meme(text: str, font: ImageFont.FreeTypeFont, number: int, canvas: tuple[int, int]) -> Image.Image:
        image = photograph(canvas, number)
        pen = ImageDraw.Draw(image)
        words = text.split()
        half = (len(words) + 1) // 2
        step = round(font.size * 1.15)
        top = wrapped(" ".join(words[:half]), font, canvas[0] - 60, blanks=True)
        bottom = wrapped(" ".join(words[half:]), font, canvas[0] - 60, blanks=True)
        starts = itertools.chain(
            ((line, 16 + at * step) for at, line in enumerate(top)),
            ((line, canvas[1] - 20 - (len(bottom) - at) * step) for at, line in enumerate(bottom)),
        )
        for line, y in starts:
            x = (canvas[0] - pen.textlength(line, font=font)) / 2
            pen.text((x, y), line, fill="white", font=font, stroke_width=2, stroke_fill="black")
        return image


def wrapped(text: str, font: ImageFont.FreeTypeFont, width: int, *, blanks: bool) -> list[str]:
    """Break into lines that fit, at blanks or, in scripts without them, anywhere."""
    lines = [""]
    for piece in text.split(" ") if blanks else text:
        longer = f"{lines[-1]} {piece}" if blanks and lines[-1] else lines[-1] + piece
        if lines[-1] and font.getlength(longer) > width:
            lines.append(piece)
        else:
            lines[-1] = longer
    return [line for line in lines if line]


def _script(code: str, title: str, font: str) -> Condition:
    fonts = CJK_FONTS if code in SOLID else (font,)
    return Condition(code, title, 30, (code,), fonts, (28, 36), shortest=6, longest=160)


CONDITIONS = (
    Condition("clear", "Latin, clear, five fonts, 20 to 40 px", 240),
    Condition("dark", "Latin, light on dark", colours=("white", "#202020")),
    Condition("small", "Latin, 12 and 14 px", sizes=(12, 14)),
    Condition("tiny", "Latin, 8 px", sizes=(8,)),
    Condition("faint", "Latin, grey on grey", colours=("#808080", "#909090")),
    Condition("jpeg", "Latin, JPEG quality 20", quality=20),
    Condition("grain", "Latin, grain of 40 grey levels", grain=40),
    Condition("blur", "Latin, blurred by 1.5 px", blur=1.5),
    Condition(
        "worn",
        "Latin, 14 px, grain of 40, blurred by 1 px, JPEG 20",
        sizes=(14,),
        grain=40,
        blur=1,
        quality=20,
    ),
    Condition("tilt", "Latin, turned by 3 to 15 degrees", angles=(3, -5, 10, -15)),
    Condition("turn", "Latin, on its side or its head", angles=(90, 180, 270)),
    Condition(
        "meme",
        "Latin, caption in capitals over a photograph, JPEG 60",
        80,
        fonts=("LiberationSans-Bold.ttf", "DejaVuSans-Bold.ttf"),
        sizes=(36, 44, 52),
        quality=60,
        longest=90,
        meme=True,
    ),
    _script("zh", "Chinese", ""),
    _script("ja", "Japanese", ""),
    _script("ko", "Korean", ""),
    _script("ru", "Cyrillic (Russian)", "DejaVuSans.ttf"),
    _script("ar", "Arabic", "NotoSansArabic-Regular.ttf"),
    _script("hi", "Devanagari (Hindi)", "NotoSansDevanagari-Regular.ttf"),
)
