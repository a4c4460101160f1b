"""What `quell doctor` looks at for pictures: whether a file is decoded where the server decodes."""

import io
import time
from contextlib import closing
from typing import TYPE_CHECKING

from quell.cli.examination import Finding
from quell.errors import QuellError

if TYPE_CHECKING:
    from quell.settings import Settings

_NAME = "pictures"
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


def _picture() -> bytes:
    from PIL import Image

    with io.BytesIO() as file:
        Image.new("RGB", (_SIDE, _SIDE), "teal").save(file, "PNG")
        return file.getvalue()
