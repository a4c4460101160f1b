"""From the bytes of a file to RGB pixels, by Pillow alone: it runs in child processes that have no numpy."""

import io
import math
import struct
from array import array
from dataclasses import dataclass

from PIL import Image

from quell.errors import InvalidRequestBody
from quell.pictures.admission import admit
from quell.pictures.domain import WORKING_SIDE, Limits
from quell.pictures.headers import Header

Image.MAX_IMAGE_PIXELS = None  # our own limits are read from the header, and name the field

_ORIENTATION = 0x0112
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_BROKEN_EXIF = (ArithmeticError, AttributeError, LookupError, OSError, SyntaxError, TypeError, ValueError)


_LOOKED_AT, _NEARLY_ALL = 65_536, 0.995
"""How many pixels tell what is white, and which share of them is not brighter."""


@dataclass(frozen=True, slots=True)
class RawFrame:
    """One frame, upright; rows of RGB, one byte each, width x height x 3 in all."""

    width: int
    height: int
    on_white: bytes
    on_black: bytes | None = None


@dataclass(frozen=True, slots=True)
class RawPicture:
    """A picture whose pixels are still plain bytes."""

    format: str
    width: int
    height: int
    frame_count: int
    frames: tuple[RawFrame, ...]


def read_pixels(data: bytes, limits: Limits, target: str) -> RawPicture:
    """Decode a file, or refuse it with a reason; `target` names the field."""
    header = admit(data, limits, target)
    try:
        return _decoded(data, header, limits)
    except MemoryError as large:
        raise InvalidRequestBody(
            f"The image takes too much memory to decode its {header.format} data.", target=target
        ) from large
    except Exception as broken:
        early = "truncated" in str(broken) or isinstance(broken, EOFError)
        reason = "ends too early" if early else "cannot be decoded"
        raise InvalidRequestBody(
            f"The image is broken: its {header.format} data {reason}.", target=target
        ) from broken


def _decoded(data: bytes, header: Header, limits: Limits) -> RawPicture:
    with Image.open(io.BytesIO(data), formats=(header.format,)) as opened:
        width, height = opened.size
        if sorted(opened.size) != sorted((header.width, header.height)):
            raise ValueError("the size is not what the header says")
        # A photograph can carry a depth map or a second view behind it: nothing shows them.
        count = 1 if header.format == "JPEG" else int(getattr(opened, "n_frames", 1))
        if count > header.frames + 1:
            raise ValueError("there are more frames than were counted")
        if header.format == "JPEG":
            opened.draft("RGB", (WORKING_SIDE, WORKING_SIDE))
        frames = []
        turned = False
        for place in _spread(count, limits.frames):
            if place:
                opened.seek(place)
            if max(opened.size) > limits.max_side:
                raise ValueError("a frame is larger than was counted")
            opened.load()
            orientation = _orientation(opened)
            turned = turned or (not place and orientation >= 5)
            frames.append(_frame(opened, orientation))
    if turned:
        width, height = height, width
    return RawPicture(header.format, width, height, count, tuple(frames))


def _spread(count: int, wanted: int) -> list[int]:
    if count <= wanted:
        return list(range(count))
    if wanted == 1:
        return [0]
    return [round(step * (count - 1) / (wanted - 1)) for step in range(wanted)]


def _orientation(loaded: Image.Image) -> int:
    # After loading: a PNG may have it behind its pixels, and a TIFF is upright by then and has it no more.
    try:
        orientation = loaded.getexif().get(_ORIENTATION, 1)
    except (*_BROKEN_EXIF, struct.error):
        return 1  # what cannot be read turns a picture in no program
    return orientation if orientation in _UPRIGHT else 1


def _frame(loaded: Image.Image, orientation: int) -> RawFrame:
    image = _smaller(_plain(loaded))
    if orientation in _UPRIGHT:
        image = image.transpose(_UPRIGHT[orientation])
    if not _see_through(image):
        return RawFrame(*image.size, image.convert("RGB").tobytes())
    layered = image.convert("RGBA")
    if loaded.format == "BMP" and layered.getchannel("A").getextrema()[1] == 0:
        # Its fourth byte is often left empty, and programs show such a file as if it had none.
        return RawFrame(*image.size, layered.convert("RGB").tobytes())
    if layered.getchannel("A").getextrema()[0] == 255:
        return RawFrame(*image.size, layered.convert("RGB").tobytes())
    return RawFrame(*image.size, _laid_on(layered, "white"), _laid_on(layered, "black"))


def _plain(image: Image.Image) -> Image.Image:
    """Return the picture in a mode whose pixels can be averaged."""
    if image.mode.startswith("I;16") or image.mode in {"I", "F"}:
        return _grey_of_more_bits(image)
    if image.mode in {"P", "PA"} or "transparency" in image.info:
        see_through = image.mode == "PA" or "transparency" in image.info
        return image.convert("RGBA" if see_through else "RGB")
    return image.convert("L") if image.mode == "1" else image


def _grey_of_more_bits(image: Image.Image) -> Image.Image:
    # Pillow's own conversion cuts off at 255, which turns such a picture almost white.
    sixteen = image.mode.startswith("I;16")
    whole = _smaller(image.convert("F"))
    whole.info.pop("transparency", None)
    if not sixteen:
        whole = _of_numbers(whole)
    scale = 255 / (65_535.0 if sixteen else _brightest(whole, fractions=image.mode == "F"))
    return whole.point(lambda value: value * scale + 0.5).convert("L")


def _of_numbers(image: Image.Image) -> Image.Image:
    """Make black what is no finite number."""
    values = array("f", image.tobytes())
    finite = array("f", [value if math.isfinite(value) else 0.0 for value in values])
    return Image.frombytes("F", image.size, finite.tobytes())


def _brightest(image: Image.Image, *, fractions: bool) -> float:
    """Return the value that is white: of fractions, bytes, 16 bits, or else what nearly all pixels are below.

    A few pixels far above the others are faults of a sensor, or there to make the rest black.
    """
    values = sorted(array("f", image.tobytes())[:: max(1, image.width * image.height // _LOOKED_AT)])
    found = values[round((len(values) - 1) * _NEARLY_ALL)]
    if fractions and found <= 1:
        return 1.0
    return next((white for white in (255.0, 65_535.0) if found <= white), found)


def _smaller(image: Image.Image) -> Image.Image:
    scale = WORKING_SIDE / max(image.size)
    if scale >= 1:
        return image
    width, height = (max(1, round(side * scale)) for side in image.size)
    return image.resize((width, height), Image.Resampling.BOX, reducing_gap=2.0)


def _see_through(image: Image.Image) -> bool:
    return image.mode in {"RGBA", "LA", "PA", "RGBa", "La"}


def _laid_on(image: Image.Image, ground: str) -> bytes:
    canvas = Image.new("RGBA", image.size, ground)
    return Image.alpha_composite(canvas, image).convert("RGB").tobytes()
