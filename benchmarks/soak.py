"""What an hour of traffic leaves behind: resident memory by the minute, and its slope.

    python -m benchmarks.soak [--minutes 60] [--rate 10] [--markdown FILE]

Analysis of short and long texts at a steady rate, while incidents and blocklists are made, changed, asked and
deleted all the time. The slope is the least-squares line through the minutes after the first sixth, in MB an
hour; the goal is at most 5.
"""

import argparse
import json
import sys
import tempfile
import threading
import time
from pathlib import Path

import httpx
import numpy as np

from benchmarks.analyze_speed import KEY, SAMPLE, TEXTS, started
from benchmarks.open_loop import Offered, offer
from benchmarks.overload import HEADERS, VERSION, process_of
from benchmarks.start import resident_megabytes

PREVIEW = "api-version=2024-02-15-preview"


def changes(base: str, end: float, done: list[int]) -> None:
    """Make, fill, ask and delete incidents and blocklists until `end`; count the answers by status."""
    with httpx.Client(base_url=base, headers=HEADERS, timeout=60) as client:
        number = 0
        while time.monotonic() < end:
            number += 1
            name = f"soak-{number % 7}"
            incident = f"/contentsafety/text/incidents/{name}"
            blocklist = f"/contentsafety/text/blocklists/{name}"
            samples = [{"text": SAMPLE.format(name, number + place)} for place in range(5)]
            items = [{"description": "soak", "text": f"term {number} {place}"} for place in range(20)]
            asked = {"text": SAMPLE.format(name, number), "incidentNames": [name]}
            for method, path, body in (
                ("PATCH", f"{incident}?{PREVIEW}", {}),
                ("POST", f"{incident}:addIncidentSamples?{PREVIEW}", {"incidentSamples": samples}),
                ("POST", f"/contentsafety/text:detectIncidents?{PREVIEW}", asked),
                ("DELETE", f"{incident}?{PREVIEW}", None),
                ("PATCH", f"{blocklist}?{VERSION}", {"description": "soak"}),
                ("POST", f"{blocklist}:addOrUpdateBlocklistItems?{VERSION}", {"blocklistItems": items}),
                ("DELETE", f"{blocklist}?{VERSION}", None),
            ):
                done.append(client.request(method, path, json=body).status_code)
            time.sleep(0.5)


def soak(port: int, minutes: float, rate: float) -> tuple[list[float], Offered, list[int]]:
    """Return the resident MB by the minute, what became of the traffic, and the statuses of the changes."""
    base = f"http://127.0.0.1:{port}"
    texts = [*TEXTS, " ".join(TEXTS) * 10]
    bodies = [json.dumps({"text": text}).encode() for text in texts]
    done: list[int] = []
    end = time.monotonic() + minutes * 60
    busy = threading.Thread(target=changes, args=(base, end, done))
    traffic: list[Offered] = []
    url = f"{base}/contentsafety/text:analyze?{VERSION}"
    steady = threading.Thread(
        target=lambda: traffic.append(offer(url, bodies, rate=rate, seconds=minutes * 60, headers=HEADERS))
    )
    process = process_of(port)
    busy.start()
    steady.start()
    memory = []
    while time.monotonic() < end:
        time.sleep(min(60.0, max(end - time.monotonic(), 0.1)))
        memory.append(resident_megabytes(process))
    busy.join()
    steady.join()
    return memory, traffic[0], done


def table(memory: list[float], traffic: Offered, done: list[int], rate: float) -> str:
    """Return what was measured as Markdown."""
    kept = memory[len(memory) // 6 :]
    slope = float(np.polyfit(np.arange(len(kept)) / 60, kept, 1)[0]) if len(kept) > 1 else float("nan")
    refused = sum(status >= 400 for status in done)
    lines = [
        f"{len(memory)} minutes at {rate:g} analyses a second and {len(done):,} changes beside them.",
        "",
        "| | |",
        "|---|---|",
        f"| analyses answered 200 | {len(traffic.good_ms):,} of {traffic.sent:,} |",
        f"| p50, p99 ms | {traffic.quantile(0.5):.0f}, {traffic.quantile(0.99):.0f} |",
        f"| changes refused | {refused} |",
        "| MB resident after 1 minute, at most, at the end "
        f"| {memory[0]:.0f}, {max(memory):.0f}, {memory[-1]:.0f} |",
        f"| slope after the first sixth, MB/h | {slope:+.1f} |",
        "",
        "MB by the minute: " + " ".join(f"{value:.0f}" for value in memory),
    ]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--rate", type=float, default=10.0)
    parser.add_argument("--port", type=int, default=18151)
    parser.add_argument("--markdown", type=Path)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        settings = {"QUELL_DATA": folder, "QUELL_KEYS": KEY, "QUELL_PORT": str(given.port)}
        settings["QUELL_LOG_LEVEL"] = "warning"
        command = [sys.executable, "-m", "quell", "serve"]
        with started(command, f"http://127.0.0.1:{given.port}/ready", settings):
            text = table(*soak(given.port, given.minutes, given.rate), given.rate)
    sys.stdout.write(text)
    if given.markdown:
        given.markdown.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
