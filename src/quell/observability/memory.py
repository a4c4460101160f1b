"""The memory of this process."""

import ctypes
import sys


def release_unused() -> None:
    """Give back to the system what start-up has freed; glibc would keep it, other systems do not."""
    if sys.platform != "linux":
        return
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)
