"""From the bytes of a file to pixels; what is too large is refused by the header, before any is decoded."""

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from quell.errors import InvalidRequestBody
from quell.pictures.domain import WORKING_SIDE, Frame, Limits, Picture

FORMATS = ("JPEG", "PNG", "GIF", "BMP", "TIFF", "WEBP")

Image.MAX_IMAGE_PIXELS = None  # our own limits are read from the header, and name the field

_SIXTEEN_BITS = 257
"""What a 16-bit grey value is divided by to be one of 8 bits."""


def decode_here(data: bytes, limits: Limits, target: str) -> Picture:
    """Decode a picture in this process, or refuse it with a reason; `target` names the field."""
    if len(data) > limits.max_bytes:
        raise InvalidRequestBody(
            f"The image size is too large: at most {limits.max_bytes} bytes are accepted.", target=target
        )
    try:
        opened = Image.open(io.BytesIO(data), formats=FORMATS)
    except Exception as unknown:
        raise InvalidRequestBody(
            f"The image is none of the formats {', '.join(FORMATS)}, or its header is broken.", target=target
        ) from unknown
    with opened:
        _check_sides(opened, limits, target)
        try:
            return _decoded(opened, limits)
        except Exception as broken:
            raise InvalidRequestBody(
                f"The image is broken: its {opened.format} data cannot be decoded.", target=target
            ) from broken


def _check_sides(opened: Image.Image, limits: Limits, target: str) -> None:
    shorter, longer = min(opened.size), max(opened.size)
    if shorter < limits.min_side:
        raise InvalidRequestBody(
            f"The image size is too small: each side needs at least {limits.min_side} pixels.", target=target
        )
    if longer > limits.max_side:
        raise InvalidRequestBody(
            f"The image size is too large: a side has at most {limits.max_side} pixels.", target=target
        )


def _decoded(opened: Image.Image, limits: Limits) -> Picture:
    count = int(getattr(opened, "n_frames", 1))
    width, height = _shown_size(opened)
    if count == 1:
        opened.draft("RGB", (WORKING_SIDE, WORKING_SIDE))
    places = sorted({round(place) for place in np.linspace(0, count - 1, min(count, limits.frames))})
    frames = []
    for place in places:
        opened.seek(place)
        if opened.size[0] > limits.max_side or opened.size[1] > limits.max_side:
            break  # a page of a TIFF can be larger than the first
        opened.load()
        frames.append(_frame(opened))
    return Picture(opened.format or "", width, height, tuple(frames), count)


def _shown_size(opened: Image.Image) -> tuple[int, int]:
    width, height = opened.size
    turned = opened.getexif().get(0x0112, 1) >= 5
    return (height, width) if turned else (width, height)


def _frame(opened: Image.Image) -> Frame:
    image = ImageOps.exif_transpose(opened)
    if image.mode.startswith("I;16") or image.mode in {"I", "F"}:
        image = _grey_of_more_bits(image)
    image = image.copy()
    image.thumbnail((WORKING_SIDE, WORKING_SIDE), Image.Resampling.BOX)
    if not _see_through(image):
        return Frame(_pixels(image.convert("RGB")))
    layered = image.convert("RGBA")
    if layered.getchannel("A").getextrema()[0] == 255:
        return Frame(_pixels(layered.convert("RGB")))
    return Frame(_pixels(_laid_on(layered, "white")), _pixels(_laid_on(layered, "black")))


def _grey_of_more_bits(image: Image.Image) -> Image.Image:
    # Pillow's own conversion cuts off at 255, which turns such a picture almost white.
    values: NDArray[np.float32] = np.asarray(image, dtype=np.float32)
    if image.mode != "F" or values.max(initial=0.0) > 255:
        values = values / np.float32(_SIXTEEN_BITS)
    return Image.fromarray(np.clip(np.nan_to_num(values), 0, 255).astype(np.uint8))


def _see_through(image: Image.Image) -> bool:
    return image.mode in {"RGBA", "LA", "PA", "RGBa", "La"} or "transparency" in image.info


def _laid_on(image: Image.Image, ground: str) -> Image.Image:
    canvas = Image.new("RGBA", image.size, ground)
    return Image.alpha_composite(canvas, image).convert("RGB")


def _pixels(image: Image.Image) -> NDArray[np.uint8]:
    return np.array(image, dtype=np.uint8)
