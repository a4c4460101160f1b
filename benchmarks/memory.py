"""How much memory a process and all below it hold together."""

import threading
from pathlib import Path


class Watch:
    """The most memory that this process and all below it held together, in MB, sampled twice a second."""

    def __init__(self) -> None:
        self.highest = 0.0
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> "Watch":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._ended.wait(0.5):
            self.highest = max(self.highest, _below())


def _below() -> float:
    """Return the proportional set sizes of this process and its descendants, in MB."""
    waiting, total = ["self"], 0.0
    while waiting:
        process = Path("/proc") / waiting.pop()
        try:
            rollup = (process / "smaps_rollup").read_text()
            total += (
                sum(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:")) / 1024
            )
            for task in (process / "task").iterdir():
                waiting += (task / "children").read_text().split()
        except OSError:
            continue
    return total
