"""How fast a picture is analysed, beside NudeNet alone behind a plain handler, in one run.

    python -m benchmarks.image_speed PICTURE --peer-python PYTHON

PICTURE is a photograph; it is brought to 1 and to 12 megapixels as JPEG. Quell judges four categories, reads
the text in the picture and asks five incidents of twenty pictures each; the peer runs one detector.
The samples are made up, or with `--samples FOLDER` the first hundred pictures of a folder.
`--stages` adds what each stage of one picture takes of the processor. The hosted container's published figure
for images is 15 a second at 229 ms on a T4.
"""

import argparse
import base64
import contextlib
import io
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

import httpx
import numpy as np
from PIL import Image

from benchmarks.analyze_speed import KEY, Contender, started
from benchmarks.load import Load, measure
from quell.copies import CopyIndex, CopyReader
from quell.models import WEIGHTS
from quell.nudity import NudityReader
from quell.ocr import ReadingLimits, TextInPictures
from quell.ocr.detector import Detector
from quell.ocr.weights import DETECTION, carrier, faint_tensors, open_network, shipped
from quell.pictures.decoding import decode_here
from quell.pictures.domain import Limits

INCIDENTS = ["badge", "flag", "poster", "meme", "screenshot"]
VERSION = "api-version=2024-09-15-preview"
PEER = """
import base64, sys, tempfile
from fastapi import FastAPI
from nudenet import NudeDetector
from pydantic import BaseModel
import uvicorn
model = NudeDetector()
app = FastAPI()
class Body(BaseModel):
    content: str
@app.post("/detect")
def detect(body: Body):
    return {"found": [one["class"] for one in model.detect(base64.b64decode(body.content))]}
uvicorn.run(app, port=int(sys.argv[1]), log_level="warning")
"""


def jpeg(picture: Image.Image, pixels: float) -> bytes:
    """Return a picture as JPEG with about so many pixels, quality falling until it fits 4 MB."""
    scale = (pixels / (picture.width * picture.height)) ** 0.5
    resized = picture.convert("RGB").resize((round(picture.width * scale), round(picture.height * scale)))
    for quality in (85, 70, 50):
        target = io.BytesIO()
        resized.save(target, "JPEG", quality=quality)
        if target.tell() < 4_000_000:
            return target.getvalue()
    raise SystemExit("the picture does not fit 4 MB")


def stranger(number: int) -> bytes:
    """Return a made-up picture for an incident: soft areas and texture."""
    random = np.random.default_rng(number)
    soft = Image.fromarray(random.integers(0, 256, (6, 8, 3), dtype=np.uint8)).resize((640, 480))
    grain = random.integers(-20, 21, (480, 640, 1))
    return jpeg(Image.fromarray(np.clip(np.asarray(soft) + grain, 0, 255).astype(np.uint8)), 300_000)


def samples_of(folder: Path | None) -> list[bytes]:
    """Return a hundred pictures for incidents."""
    if folder is None:
        return [stranger(number) for number in range(100)]
    found = [path.read_bytes() for path in sorted(folder.iterdir())[:100]]
    return [found[number % len(found)] for number in range(100)]


def encoded(content: bytes) -> str:
    """Return a file in Base64."""
    return base64.b64encode(content).decode()


@contextlib.contextmanager
def quell(
    folder: Path, port: int, contents: Mapping[str, bytes], samples: Sequence[bytes]
) -> Iterator[list[Contender]]:
    """Start Quell with five image incidents of twenty samples each; a contender for each picture."""
    settings = {"QUELL_DATA": str(folder), "QUELL_KEYS": KEY, "QUELL_PORT": str(port)}
    base = f"http://127.0.0.1:{port}"
    headers = {"Ocp-Apim-Subscription-Key": KEY}
    with started([sys.executable, "-m", "quell", "serve"], f"{base}/ready", settings) as process:
        with httpx.Client(base_url=base, headers=headers, timeout=300) as client:
            for place, name in enumerate(INCIDENTS):
                route = f"/contentsafety/image/incidents/{name}"
                client.patch(f"{route}?{VERSION}", json={}).raise_for_status()
                for sample in samples[place * 20 : place * 20 + 20]:
                    images = [{"image": {"content": encoded(sample)}}]
                    answer = client.post(
                        f"{route}:addIncidentSamples?{VERSION}", json={"incidentSamples": images}
                    )
                    answer.raise_for_status()
        contenders = []
        for name, content in contents.items():
            asked = {"image": {"content": encoded(content)}, "incidents": {"incidentNames": INCIDENTS}}
            body = json.dumps(asked).encode()
            url = f"{base}/contentsafety/image:analyze?{VERSION}"
            contenders.append(Contender(name, url, [body], headers, process))
        yield contenders


@contextlib.contextmanager
def nudenet(python: str, port: int, content: bytes) -> Iterator[Contender]:
    """Start NudeNet in a FastAPI handler."""
    base = f"http://127.0.0.1:{port}"
    with started([python, "-c", PEER, str(port)], f"{base}/docs", {}) as process:
        body = json.dumps({"content": encoded(content)}).encode()
        yield Contender("nudenet", f"{base}/detect", [body], {}, process)


def worked(process: int) -> float:
    """Return the processor's seconds that a process and its children have taken so far; Linux only."""
    children = Path(f"/proc/{process}/task").glob("*/children")
    ids = [process, *(int(child) for file in children for child in file.read_text().split())]
    fields = [Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split() for one in ids]
    return sum(int(one[11]) + int(one[12]) for one in fields) / os.sysconf("SC_CLK_TCK")


def rounds(contenders: Sequence[Contender], count: int, seconds: float) -> str:
    """Measure everybody in turn, `count` times; return the medians as a table."""
    found: dict[tuple[str, int], list[tuple[Load, float]]] = {}
    for number in range(count + 1):  # the first round warms up and is not counted
        for clients in (1, 4, 16):
            for one in contenders:
                begun, before = time.monotonic(), worked(one.process)
                load = measure(one.url, one.bodies, clients=clients, seconds=seconds, headers=one.headers)
                answered = load.per_second * (time.monotonic() - begun)
                if number:
                    each = 1000 * (worked(one.process) - before) / answered
                    found.setdefault((one.name, clients), []).append((load, each))
    rows = ["| server | clients | pictures/s | p50 ms | p99 ms | processor ms a picture | refused |"]
    rows.append("|---|---|---|---|---|---|---|")
    for (name, clients), measured in found.items():
        loads = [asdict(load) for load, _ in measured]
        median = {key: statistics.median(load[key] for load in loads) for key in loads[0]}
        cells = [f"{median['per_second']:.2f}", f"{median['p50_ms']:.0f}", f"{median['p99_ms']:.0f}"]
        cells += [f"{statistics.median(each for _, each in measured):.0f}", f"{median['refused']:.0f}"]
        rows.append(f"| {name} | {clients} | " + " | ".join(cells) + " |")
    return "\n".join(rows)


def stages(contents: Sequence[bytes], given: Sequence[bytes], repeats: int = 7) -> str:
    """Return what each stage of one picture takes of the processor here, medians in milliseconds."""
    copies, nudity, text = CopyReader.shipped(), NudityReader(WEIGHTS / "nudity-open-nsfw"), TextInPictures()
    manifest, side = shipped(), ReadingLimits().detection_side
    packaged, opened = (
        Detector(open_network(carrier(), manifest.files[DETECTION], faint), side)
        for faint in ((), faint_tensors(manifest))
    )
    samples = [copies.sample(decode_here(one, Limits(), "image")) for one in given]
    fitted = [
        CopyIndex.fit([(str(n), samples[n]) for n in range(start, start + 20)]) for start in range(0, 100, 20)
    ]
    rows = ["| stage | " + " | ".join(f"{len(one) // 1024} kB" for one in contents) + " |"]
    rows.append("|---|" + "---|" * len(contents))
    pictures = [decode_here(one, Limits(), "image") for one in contents]

    def ask(number: int) -> None:
        query = copies.query(pictures[number])
        for one in fitted:
            one.match(query, 0.5)

    table: dict[str, Callable[[int], object]] = {
        "decode": lambda n: decode_here(contents[n], Limits(), "image"),
        "five incidents": ask,
        "nudity": lambda n: nudity.read(pictures[n]),
        "text in the picture": lambda n: text.read(pictures[n]),
        "of it, finding it": lambda n: opened.find(pictures[n].frames[0].views[0]),
        "the same with all weights": lambda n: packaged.find(pictures[n].frames[0].views[0]),
    }
    # All stages in turn, so that what else goes on here meets each of them alike.
    times: dict[tuple[str, int], list[float]] = {}
    for _ in range(repeats):
        for number in range(len(contents)):
            for name, call in table.items():
                times.setdefault((name, number), []).append(_milliseconds(call, number))
    for name in table:
        medians = [statistics.median(times[name, number][1:]) for number in range(len(contents))]
        rows.append(f"| {name} | " + " | ".join(f"{one:.0f} ms" for one in medians) + " |")
    return "\n".join(rows)


def _milliseconds(call: Callable[[int], object], number: int) -> float:
    began = time.process_time()  # of all threads: what a library starts beside this one counts, too
    call(number)
    return (time.process_time() - began) * 1000


def main() -> None:
    """Start the contenders, measure, print."""
    reading = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    reading.add_argument("picture", type=Path)
    reading.add_argument("--peer-python")
    reading.add_argument("--rounds", type=int, default=3)
    reading.add_argument("--seconds", type=float, default=10.0)
    reading.add_argument("--samples", type=Path)
    reading.add_argument("--stages", action="store_true")
    given = reading.parse_args()
    samples = samples_of(given.samples)
    with Image.open(given.picture) as picture:
        one, twelve = jpeg(picture, 1e6), jpeg(picture, 12e6)
    if given.stages:
        print(stages([one, twelve], samples) + "\n")
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as running:
        shown = {"quell": one, "quell, 12 megapixels": twelve}
        contenders = running.enter_context(quell(Path(folder), 18104, shown, samples))
        if given.peer_python:
            contenders.append(running.enter_context(nudenet(given.peer_python, 18105, one)))
        print(rounds(contenders, given.rounds, given.seconds))


if __name__ == "__main__":
    main()
