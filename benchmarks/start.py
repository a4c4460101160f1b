"""How soon a server is ready and how much memory it takes, at rest and after traffic.

    python -m benchmarks.start

Five starts on one data folder; each then answers six seconds of checks, short and long, from 16 clients.
"""

import contextlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import httpx

from benchmarks.analyze_speed import KEY, TEXTS
from benchmarks.load import measure

PORT = 18104
GERMAN = "Der Zug nach Wien fährt um neun Uhr von Gleis vier ab, bitte seid rechtzeitig da."


def resident_megabytes(process: int) -> float:
    """Return the resident memory of a process in MB (Linux)."""
    lines = Path(f"/proc/{process}/status").read_text(encoding="utf-8").splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS"))


def one_start(folder: str) -> tuple[float, float, float]:
    """Start, ask, stop; return seconds to ready and MB at rest and after traffic."""
    environment = {
        "QUELL_DATA": folder,
        "QUELL_KEYS": KEY,
        "QUELL_PORT": str(PORT),
        "QUELL_LOG_LEVEL": "warning",
    }
    begun = time.perf_counter()
    command = [sys.executable, "-m", "quell", "serve"]
    process = subprocess.Popen(command, env={**os.environ, **environment}, stdout=subprocess.DEVNULL)
    try:
        while True:
            with contextlib.suppress(httpx.TransportError):
                if httpx.get(f"http://127.0.0.1:{PORT}/ready", timeout=5).status_code == 200:
                    break
            if process.poll() is not None:
                raise SystemExit("the server did not start")
            time.sleep(0.01)
        ready = time.perf_counter() - begun
        rest = resident_megabytes(process.pid)
        bodies = [json.dumps({"text": text}).encode() for text in (*TEXTS, GERMAN, " ".join(TEXTS) * 12)]
        url = f"http://127.0.0.1:{PORT}/contentsafety/text:analyze?api-version=2024-09-01"
        measure(url, bodies, clients=16, seconds=6, headers={"Ocp-Apim-Subscription-Key": KEY})
        return ready, rest, resident_megabytes(process.pid)
    finally:
        process.terminate()
        process.wait(30)


def main() -> None:
    """Start five times and print the medians and the worst."""
    with tempfile.TemporaryDirectory() as folder:
        starts = [one_start(folder) for _ in range(5)]
    print("| | median | worst |\n|---|---|---|")
    names = ("seconds to ready", "MB resident at rest", "MB resident after traffic")
    for name, values in zip(names, zip(*starts, strict=True), strict=True):
        print(f"| {name} | {statistics.median(values):.1f} | {max(values):.1f} |")


if __name__ == "__main__":
    main()
