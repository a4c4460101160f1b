"""What a server does with more than it can answer: capacity, then 1, 2 and 4 times as much, by the clock.

    python -m benchmarks.overload [--seconds 600] [--markdown FILE]

One process with its defaults on one data folder; `text:analyze` with all four categories over short texts.
First a closed loop of 16 clients finds the capacity, then an open loop offers multiples of it. Goodput is
what was answered 200. The generator runs on the same machine and takes its share of it, in both loops.
"""

import argparse
import json
import sys
import tempfile
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


@dataclass(frozen=True)
class Row:
    """One load: what was offered, and the server's resident memory in MB before and after."""

    multiple: float
    offered: Offered
    before: float
    after: float


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


def measured(port: int, seconds: float) -> tuple[float, list[Row]]:
    """Return the capacity in requests per second, and a row for each multiple of it."""
    url = f"http://127.0.0.1:{port}/contentsafety/text:analyze?{VERSION}"
    process = process_of(port)
    measure(url, BODIES, clients=16, seconds=5, headers=HEADERS)  # warms up
    capacity = measure(url, BODIES, clients=16, seconds=max(20.0, seconds / 10), headers=HEADERS).per_second
    rows = []
    for multiple in MULTIPLES:
        before = resident_megabytes(process)
        found = offer(url, BODIES, rate=capacity * multiple, seconds=seconds, headers=HEADERS)
        rows.append(Row(multiple, found, before, resident_megabytes(process)))
    return capacity, rows


def table(capacity: float, rows: list[Row]) -> str:
    """Return what was measured as Markdown."""
    lines = [
        f"Capacity (closed loop, 16 clients): {capacity:.0f} requests/s.",
        "",
        "| offered | sent/s | goodput/s | of peak | p50 ms | p99 ms | refused | p99 of a refusal, ms "
        "| without Retry-After | other | broken | MB before | after |",
        "|---|---|---|---|---|---|---|---|---|---|---|---|---|",
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
            f"| {row.before:.0f} | {row.after:.0f} |"
        )
    return "\n".join(lines) + "\n"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--seconds", type=float, default=600.0)
    parser.add_argument("--port", type=int, default=18131)
    parser.add_argument("--markdown", type=Path)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        settings = {"QUELL_DATA": folder, "QUELL_KEYS": KEY, "QUELL_PORT": str(given.port)}
        settings["QUELL_LOG_LEVEL"] = "warning"
        with started(
            [sys.executable, "-m", "quell", "serve"], f"http://127.0.0.1:{given.port}/ready", settings
        ):
            text = table(*measured(given.port, given.seconds))
    sys.stdout.write(text)
    if given.markdown:
        given.markdown.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
