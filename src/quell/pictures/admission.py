"""Whether a file is decoded at all: decided by its header, before a single pixel is."""

from quell.errors import InvalidRequestBody
from quell.pictures.disguise import foreign_name, second_file
from quell.pictures.domain import FORMATS, Limits
from quell.pictures.headers import Broken, Header, read_header


def admit(data: bytes, limits: Limits, target: str) -> Header:
    """Return the header of a file that may be decoded, or refuse it; `target` names the field."""
    refusal, header = _look(data, limits)
    if header is None:
        raise InvalidRequestBody(refusal, target=target)
    return header


def _look(data: bytes, limits: Limits) -> tuple[str, Header | None]:
    if len(data) > limits.max_bytes:
        return f"The image size is too large: at most {limits.max_bytes} bytes are accepted.", None
    try:
        header = read_header(data)
    except Broken as broken:
        return f"The image is broken: {broken}.", None
    if header is None:
        known = foreign_name(data)
        reason = f"it is {known}" if known else "or its header is broken"
        joint = ";" if known else ","
        return f"The image is none of the formats {', '.join(FORMATS)}{joint} {reason}.", None
    if refusal := size_refusal(header.width, header.height, limits) or _scale_refusal(header, limits):
        return refusal, None
    if other := second_file(data, header):
        return f"The image is refused: besides a {header.format} picture it is {other}.", None
    return "", header


def size_refusal(width: int, height: int, limits: Limits) -> str:
    """Say why a picture of these sides is refused; nothing where it is not."""
    if min(width, height) < limits.min_side:
        return f"The image size is too small: each side needs at least {limits.min_side} pixels."
    if max(width, height) > limits.max_side:
        return f"The image size is too large: a side has at most {limits.max_side} pixels."
    return ""


def _scale_refusal(header: Header, limits: Limits) -> str:
    width, height = header.largest
    if max(width, height) > limits.max_side:
        return f"The image size is too large: a side of a frame has at most {limits.max_side} pixels."
    if header.frames > limits.max_frames:
        return f"The image has too many frames: at most {limits.max_frames} are accepted."
    # The pages of a TIFF stand alone; the frame of an animation needs all before it.
    read = min(header.frames, limits.frames) if header.format == "TIFF" else header.frames
    if read * width * height > limits.most_pixels:
        return (
            "The image size is too large: all frames together have at most "
            f"{limits.most_pixels // 1_000_000} million pixels."
        )
    return ""
