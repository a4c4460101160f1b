"""How often a key may ask: `10/s`, `1000/10s`, or the tiers `F0` and `S0` of the hosted service.

A tier has a rate for each group of operations, any other rate one for all of them together.
"""

import re
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from quell.http.operations import Operation

_RATE = re.compile(r"([1-9]\d{0,6})/([1-9]\d{0,3})?s")

BUCKETS = 10_000
"""Keys and groups whose rate is remembered at once; the one that asked least recently is forgotten."""


@dataclass(frozen=True, slots=True)
class Rate:
    """`count` requests in `seconds`; so many at once after a pause, and then one by one."""

    count: int
    seconds: int


_F0 = Rate(5, 1)
_MODERATION = Rate(1000, 10)
TIERS: dict[str, dict[str, Rate]] = {
    "F0": {"moderation": _F0, "incidents": _F0, "reviewers": _F0, "multimodal": _F0},
    "S0": {
        "moderation": _MODERATION,
        "incidents": _MODERATION,
        "reviewers": _MODERATION,
        "multimodal": Rate(10, 1),
    },
}
"""The published limits: by tier, and by what is asked for."""


@lru_cache(maxsize=256)
def read_rate(text: str) -> dict[str, Rate] | None:
    """Return the rates that a text means, by group ("" for all operations); None where it means none."""
    if text in TIERS:
        return TIERS[text]
    found = _RATE.fullmatch(text)
    return {"": Rate(int(found[1]), int(found[2] or 1))} if found else None


def group_of(operation: Operation) -> str:
    """Return the group of an operation in the tiers."""
    path = operation.path.lower()
    if "imagewithtext" in path:
        return "multimodal"
    if "incident" in path:
        return "incidents"
    return "reviewers" if "review" in path else "moderation"


class Meter:
    """Counts what keys ask, in this process and in memory; used from the event loop only."""

    def __init__(self, clock: Callable[[], float] = time.monotonic, buckets: int = BUCKETS) -> None:
        self._clock = clock
        self._room = buckets
        self._full_at: OrderedDict[tuple[str, str], float] = OrderedDict()

    def wait(self, name: str, group: str, rate: Rate) -> float:
        """Count a request; return 0.0, or without counting it the seconds until it would be taken."""
        now = self._clock()
        # A bucket that is full at `full` lacks (full - now) / seconds of its count; each request takes one.
        step = rate.seconds / rate.count
        full = max(self._full_at.get((name, group), now), now) + step
        if full - now > rate.seconds + 1e-9:
            return full - now - rate.seconds
        self._full_at[name, group] = full
        self._full_at.move_to_end((name, group))
        if len(self._full_at) > self._room:
            self._full_at.popitem(last=False)
        return 0.0
