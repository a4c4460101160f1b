"""A child that decodes and has accidents: words in a file say which."""

import ctypes
import os
import sys
import time

from quell.pictures import child, pixels
from quell.pictures.domain import Limits
from quell.pictures.headers import Header

_decoded = pixels._decoded


def _doomed(data: bytes, header: Header, limits: Limits) -> pixels.RawPicture:
    if b"crash" in data:
        ctypes.string_at(0)
    if b"exit" in data:
        os._exit(0)
    if b"sleep" in data:
        time.sleep(60)
    if b"bloat" in data:
        bytearray(2**36)
    if b"huge" in data:
        return pixels.RawPicture("PNG", 9, 9, 1, (pixels.RawFrame(60_000, 60_000, b"x"),))
    if b"print" in data:
        os.write(1, b"P" * 10_000)
    return _decoded(data, header, limits)


pixels._decoded = _doomed
child.PARENT_CHECK = 0.2
child.main(sys.argv[1:])
