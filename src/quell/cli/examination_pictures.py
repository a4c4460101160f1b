"""What `quell doctor` looks at for pictures: that a file is decoded, and that a vision model answers."""

import io
import time
from contextlib import closing
from typing import TYPE_CHECKING

from quell.cli.examination import Finding
from quell.errors import QuellError

if TYPE_CHECKING:
    from quell.settings import Settings

_NAME = "pictures"
_VISION = "vision model"
_SIDE = 64


def pictures(settings: "Settings") -> Finding:
    """Have a child process started and a small picture decoded by it, as the server would."""
    from quell.pictures.decoder import PictureDecoder
    from quell.pictures.domain import Limits

    processes = min(settings.decoding_processes, 1)
    start = time.monotonic()
    with closing(PictureDecoder(Limits(max_side=settings.max_image_side), processes)) as decoder:
        try:
            decoder.decode(_picture(), "image.content")
        except QuellError as error:
            return Finding(_NAME, "bad", f"A sound picture could not be decoded: {error.message}")
    if not processes:
        return Finding(
            _NAME, "warning", "Decoded in the server itself: a file that crashes a decoder ends the server."
        )
    taken = time.monotonic() - start
    return Finding(_NAME, "ok", f"A child process started and decoded a picture in {taken:.1f} s.")


def vision_model(settings: "Settings") -> Finding:
    """Have the vision model of the settings judge a picture; what stands in its way is raised."""
    if not settings.image_llm_url:
        return Finding(_VISION, "ok", "None is set; images are judged without one.")
    from quell.pictures.decoding import decode_here
    from quell.pictures.domain import Limits
    from quell.scenes import VisionPlan, VisionReader

    model = VisionReader.open(VisionPlan(*settings.vision))
    start = time.monotonic()
    model.read(decode_here(_picture(), Limits(), "image.content"))
    taken = time.monotonic() - start
    return Finding(_VISION, "ok", f"{settings.image_llm_model} judged a picture in {taken:.1f} s.")


def _picture() -> bytes:
    from PIL import Image

    with io.BytesIO() as file:
        Image.new("RGB", (_SIDE, _SIDE), "teal").save(file, "PNG")
        return file.getvalue()
