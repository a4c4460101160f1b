"""How throughput grows with server processes on one database.

    python -m benchmarks.scaling [--seconds 30] [--processes 1,2,4] [--markdown FILE]

Each process runs one worker thread, so that processes and not threads are what grows; 16 clients are shared
out among the processes' ports as a balancer would. Rounds are interleaved and medians printed, with the
machine's cores: beyond them more processes cannot help.
"""

import argparse
import statistics
import sys
import tempfile
import threading
from contextlib import ExitStack
from pathlib import Path

from benchmarks.analyze_speed import KEY, started
from benchmarks.load import Load, measure
from benchmarks.overload import BODIES, HEADERS, VERSION, process_of
from benchmarks.start import resident_megabytes
from quell.workers import usable_cores

CLIENTS = 16
FIRST_PORT = 18141


def one_round(ports: list[int], seconds: float) -> float:
    """Return the requests per second that servers answer together."""
    found: list[Load] = []

    def ask(port: int) -> None:
        url = f"http://127.0.0.1:{port}/contentsafety/text:analyze?{VERSION}"
        found.append(measure(url, BODIES, clients=CLIENTS // len(ports), seconds=seconds, headers=HEADERS))

    threads = [threading.Thread(target=ask, args=(port,)) for port in ports]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(load.per_second for load in found)


def measured(counts: list[int], seconds: float, rounds: int) -> dict[int, tuple[float, float]]:
    """Return requests per second and MB resident, by the count of processes."""
    ports = list(range(FIRST_PORT, FIRST_PORT + max(counts)))
    with tempfile.TemporaryDirectory() as folder, ExitStack() as opened:
        for port in ports:
            settings = {"QUELL_DATA": folder, "QUELL_KEYS": KEY, "QUELL_PORT": str(port)}
            settings |= {"QUELL_LOG_LEVEL": "warning", "QUELL_WORKERS": "1"}
            command = [sys.executable, "-m", "quell", "serve"]
            opened.enter_context(started(command, f"http://127.0.0.1:{port}/ready", settings))
        one_round(ports, 5.0)  # warms up
        speeds: dict[int, list[float]] = {count: [] for count in counts}
        for _ in range(rounds):
            for count in counts:
                speeds[count].append(one_round(ports[:count], seconds))
        memory = [resident_megabytes(process_of(port)) for port in ports]
    return {count: (statistics.median(speeds[count]), sum(memory[:count])) for count in counts}


def table(found: dict[int, tuple[float, float]]) -> str:
    """Return what was measured as Markdown."""
    first = next(iter(found.values()))[0]
    lines = [f"{usable_cores()} cores, shared with the load generator.", ""]
    lines += ["| processes | requests/s | × one process | MB resident together |", "|---|---|---|---|"]
    lines += [
        f"| {count} | {speed:.0f} | {speed / first:.2f} | {memory:.0f} |"
        for count, (speed, memory) in found.items()
    ]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--processes", default="1,2,4")
    parser.add_argument("--markdown", type=Path)
    given = parser.parse_args()
    counts = [int(count) for count in given.processes.split(",")]
    text = table(measured(counts, given.seconds, given.rounds))
    sys.stdout.write(text)
    if given.markdown:
        given.markdown.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
