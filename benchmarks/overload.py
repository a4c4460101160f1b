"""What a server does with more than it can answer: capacity, then 1, 2 and 4 times as much, by the clock.

    python -m benchmarks.overload [--seconds 600] [--rounds 6] [--where shared pinned] [--markdown FILE]

One process with its defaults on one data folder; `text:analyze` with all four categories over short texts.
First a closed loop of 16 clients finds the capacity, then an open loop offers multiples of it. Goodput is
what was answered 200 while the load was offered. Loads take turns in rounds, so that
what else the machine does falls on all of them; `--seconds` are those of one load in all rounds together.
The generator runs on the same machine:

    shared   on the same cores, so that what it takes to offer more is taken from the server
    pinned   on a core of its own, the last; the server has the others, and its capacity is what these give

`cores` are the CPU seconds that each took in a second.
"""

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks.analyze_speed import KEY, TEXTS, started
from benchmarks.load import measure
from benchmarks.open_loop import Offered, offer
from benchmarks.start import resident_megabytes

VERSION = "api-version=2024-09-01"
HEADERS = {"Ocp-Apim-Subscription-Key": KEY}
BODIES = [json.dumps({"text": text}).encode() for text in TEXTS]
MULTIPLES = (1.0, 2.0, 4.0)


@dataclass
class Row:
    """One load: what was offered, the server's CPU seconds in so many seconds, its MB before and after."""

    multiple: float
    offered: Offered
    spent: float
    lasted: float
    before: float
    after: float

    def add(self, later: "Row") -> None:
        """Take a later round of the same load to this one."""
        self.offered.add(later.offered)
        self.spent += later.spent
        self.lasted += later.lasted
        self.after = later.after


def process_of(port: int) -> int:
    """Return the process that listens on a loopback port (Linux)."""
    lines = Path("/proc/net/tcp").read_text(encoding="ascii").splitlines()[1:]
    wanted = f"0100007F:{port:04X}"
    inode = next(cells[9] for cells in map(str.split, lines) if cells[1] == wanted and cells[3] == "0A")
    for folder in Path("/proc").glob("[0-9]*/fd"):
        try:
            if any(str(entry.readlink()) == f"socket:[{inode}]" for entry in folder.iterdir()):
                return int(folder.parent.name)
        except OSError:  # it ended, or is another user's
            continue
    raise SystemExit(f"nothing listens on port {port}")


def cpu_seconds(process: int) -> float:
    """Return the CPU time that a process took until now (Linux)."""
    cells = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(cells[11]) + int(cells[12])) / os.sysconf("SC_CLK_TCK")


def offered(url: str, process: int, multiple: float, rate: float, seconds: float) -> Row:
    """Offer a load once."""
    before, spent, begun = resident_megabytes(process), cpu_seconds(process), time.perf_counter()
    found = offer(url, BODIES, rate=rate, seconds=seconds, headers=HEADERS)
    lasted = time.perf_counter() - begun
    return Row(multiple, found, cpu_seconds(process) - spent, lasted, before, resident_megabytes(process))


def measured(port: int, seconds: float, rounds: int) -> tuple[float, list[Row]]:
    """Return the capacity in requests per second, and a row for each multiple of it."""
    url = f"http://127.0.0.1:{port}/contentsafety/text:analyze?{VERSION}"
    process = process_of(port)
    measure(url, BODIES, clients=16, seconds=5, headers=HEADERS)  # warms up
    capacities: list[float] = []
    rows: dict[float, Row] = {}
    for _ in range(rounds):
        length = max(10.0, seconds / 10)
        capacities.append(measure(url, BODIES, clients=16, seconds=length, headers=HEADERS).per_second)
        for multiple in MULTIPLES:
            # The capacity of the first round counts for all, so that rounds can be added up.
            row = offered(url, process, multiple, capacities[0] * multiple, seconds / rounds)
            if multiple in rows:
                rows[multiple].add(row)
            else:
                rows[multiple] = row
    return statistics.mean(capacities), list(rows.values())


def table(capacity: float, rows: list[Row]) -> str:
    """Return what was measured as Markdown."""
    lines = [
        f"Capacity (closed loop, 16 clients): {capacity:.0f} requests/s.",
        "",
        "| offered | sent/s | goodput/s | of peak | p50 ms | p99 ms | refused | p99 of a refusal, ms "
        "| without Retry-After | other | broken | MB before | after | cores: server | generator "
        "| goodput per CPU second of the server |",
        "|" + "---|" * 16,
    ]
    peak = max([capacity, *(row.offered.goodput for row in rows)])
    for row in rows:
        found = row.offered
        refused = found.statuses[429] + found.statuses[503]
        other = sum(found.statuses.values()) - refused - found.statuses[200]
        lines.append(
            f"| {row.multiple:g} × | {found.sent / found.seconds:.0f} | {found.goodput:.0f} "
            f"| {found.goodput / peak:.0%} | {found.quantile(0.5):.0f} | {found.quantile(0.99):.0f} "
            f"| {refused / max(found.sent, 1):.0%} | {found.quantile(0.99, refused=True):.0f} "
            f"| {found.without_retry_after} | {other} | {found.broken + found.dropped} "
            f"| {row.before:.0f} | {row.after:.0f} "
            f"| {row.spent / row.lasted:.2f} | {found.cores:.2f} "
            f"| {found.goodput * row.lasted / max(row.spent, 0.01):.0f} |"
        )
    return "\n".join(lines) + "\n"


def run(port: int, seconds: float, rounds: int, where: str) -> str:
    """Start a server, measure it with the generator there, and return the table."""
    cores = sorted(os.sched_getaffinity(0))
    if where == "pinned" and len(cores) < 2:
        raise SystemExit("pinned needs two cores")
    own, the_server_s = (cores[-1:], cores[:-1]) if where == "pinned" else (cores, cores)
    try:
        with tempfile.TemporaryDirectory() as folder:
            settings = {"QUELL_DATA": folder, "QUELL_KEYS": KEY, "QUELL_PORT": str(port)}
            settings["QUELL_LOG_LEVEL"] = "warning"
            os.sched_setaffinity(0, the_server_s)
            command = [sys.executable, "-m", "quell", "serve"]
            with started(command, f"http://127.0.0.1:{port}/ready", settings):
                os.sched_setaffinity(0, own)
                found = table(*measured(port, seconds, rounds))
    finally:
        os.sched_setaffinity(0, cores)
    return f"Generator {where}, {len(the_server_s)} cores for the server. {found}"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--seconds", type=float, default=600.0)
    parser.add_argument("--rounds", type=int, default=6)
    parser.add_argument("--port", type=int, default=18131)
    parser.add_argument("--where", nargs="+", choices=("shared", "pinned"), default=["shared", "pinned"])
    parser.add_argument("--markdown", type=Path)
    given = parser.parse_args()
    found = []
    for where in given.where:
        found.append(run(given.port, given.seconds, given.rounds, where))
        sys.stdout.write(found[-1] + "\n")
        sys.stdout.flush()
    if given.markdown:
        given.markdown.write_text("\n".join(found), encoding="utf-8")


if __name__ == "__main__":
    main()
