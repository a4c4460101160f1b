"""What it costs to load an incident that memory does not hold, and what a bound saves.

    python -m benchmarks.incident_memory

Incidents of 1,000 samples: a question to one that is held, and to one that has to be loaded first, on both
engines. Then ten image incidents asked in turn, by a process without a bound and by one with 200 MB.
The samples are made up; they are as large as those that pictures and texts of 60 characters give.
"""

import gc
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
from tests.databases import schema_url

from benchmarks.matching_speed import samples_around
from quell.app import Quell, build
from quell.copies.keypoints import Keypoints
from quell.copies.stored import StoredSample
from quell.incidents.background import Background
from quell.incidents.domain import Embedding, IncidentChange, ReadPicture, ReadSample
from quell.incidents.matcher import match
from quell.settings import Settings

SAMPLES, IMAGES, ROUNDS, COLD = 1_000, 10, 3, 9
RESULTS = Path(__file__).parent / "results" / "incident_memory.md"


def made_up(seed: int) -> bytes:
    """Return a stored picture of the usual size: one view, four vectors, 300 keypoints."""
    dice = np.random.default_rng(seed)
    vectors = dice.standard_normal((4, 256)).astype(np.float32)
    places = dice.random((300, 2)).astype(np.float32) * 300
    return StoredSample(
        bits=dice.integers(0, 255, (1, 32), np.uint8),
        qualities=np.full(1, 90, np.uint8),
        digests=dice.integers(0, 255, (1, 16), np.uint8),
        vectors=vectors / np.linalg.norm(vectors, axis=1, keepdims=True),
        nearness=np.zeros(4, np.float32),
        keypoints=Keypoints((384, 300), places, dice.integers(0, 255, (300, 128), np.uint8)),
        thumb=dice.integers(0, 255, (96, 96), np.uint8),
    ).to_bytes()


def fill(quell: Quell, images: int) -> None:
    """Store one text incident and some image incidents."""
    texts = quell.incidents
    texts.service.put("texts", IncidentChange())
    rows = samples_around(Background.load("gte-small").vectors[0], SAMPLES, 1)
    read = [
        ReadSample(text, text, texts.reader.reading, (Embedding("gte-small", "1", row),))
        for text, row in ((f"{number} seats in the front row, paid by gift card only", row)
                          for number, row in enumerate(rows))
    ]  # fmt: skip
    texts.service.add_samples("texts", read)
    reading = quell.image_incidents.reader.reading
    pictures = [ReadPicture(b"x", "png", 384, 300, reading, made_up(number)) for number in range(SAMPLES)]
    for number in range(images):
        quell.image_incidents.service.put(f"images{number}", IncidentChange())
        quell.image_incidents.service.add_samples(f"images{number}", pictures)


def timed(ask: Callable[[], object], before: Callable[[], object], rounds: int) -> float:
    """Return the median milliseconds of a question."""
    spent = []
    for _ in range(rounds):
        before()
        start = time.perf_counter()
        ask()
        spent.append((time.perf_counter() - start) * 1000)
    return statistics.median(spent)


def engine(name: str, url: str) -> list[str]:
    """Time both media over one engine."""
    with tempfile.TemporaryDirectory() as folder:
        quell = build(Settings(data=Path(folder), database=url, incident_memory=0))
        fill(quell, 1)
        reading = quell.incidents.reader.text("Two seats left, gift cards only")
        texts, images = quell.incidents.index, quell.image_incidents.index

        def text() -> object:
            return texts.ask(["texts"], reading, "names", lambda one: match(reading, one))

        def image() -> object:
            return images.ask(["images0"], None, "names", lambda one: one.samples)

        lines = []
        for medium, ask, index in (("texts", text, texts), ("images", image, images)):
            ask()
            cold = timed(ask, lambda held=index.held: held.forget(lambda: None), COLD)
            held = timed(ask, lambda: None, 100)
            size = index.held.bytes / SAMPLES / 1000
            lines.append(f"| {SAMPLES:,} {medium}, {name} | {held:.2f} | {cold:.0f} | {size:.1f} |")
        quell.close()
    return lines


def resident() -> float:
    """Return the resident memory of this process in MB."""
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    return int(status.partition("VmRSS:")[2].split()[0]) / 1000


def hold(folder: str, memory: int) -> None:
    """Ask all image incidents in turn; print what it took."""
    quell = build(Settings(data=Path(folder), incident_memory=memory))
    before, start = resident(), time.perf_counter()
    highest = 0.0
    for _ in range(ROUNDS):
        for number in range(IMAGES):
            quell.image_incidents.index.ask([f"images{number}"], None, "names", lambda one: one.samples)
            highest = max(highest, resident())
    spent = (time.perf_counter() - start) * 1000 / ROUNDS / IMAGES
    held = quell.image_incidents.index.held
    gc.collect()
    bound = f"{memory} MB" if memory else "none"
    counted = f"{held.bytes / 1e6:.0f} | {resident() - before:.0f} | {highest - before:.0f}"
    print(f"| {bound} | {counted} | {held.loads} | {held.evictions} | {spent:.0f} |")
    quell.close()


def main() -> None:
    """Write the table of latencies and the table of memory."""
    lines = ["| incident | held, ms | loaded first, ms | kB a sample |", "|---|---|---|---|"]
    lines += engine("SQLite", "")
    lines += engine("PostgreSQL", schema_url())
    lines += ["", "Held texts: with the match; images: finding the incident alone.", ""]
    lines += [
        f"{IMAGES} image incidents of {SAMPLES:,} samples, asked in turn {ROUNDS} times; "
        "memory in MB beyond the start.",
        "",
        "| bound | counted | resident | at the highest | loads | let go | ms a question |",
        "|---|---|---|---|---|---|---|",
    ]
    with tempfile.TemporaryDirectory() as folder:
        quell = build(Settings(data=Path(folder)))
        fill(quell, IMAGES)
        quell.close()
        for memory in (0, 200):
            command = [sys.executable, "-m", "benchmarks.incident_memory", folder, str(memory)]
            done = subprocess.run(command, check=True, capture_output=True, text=True)
            lines.append(done.stdout.strip())
    lines += ["", "Two cores, shared with other work."]
    RESULTS.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print("\n".join(lines))


if __name__ == "__main__":
    if len(sys.argv) > 1:
        hold(sys.argv[1], int(sys.argv[2]))
    else:
        main()
