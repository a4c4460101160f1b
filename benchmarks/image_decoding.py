"""What decoding a picture costs, in this process, in children and by plain Pillow in full; and bombs.

    python -m benchmarks.image_decoding [--rounds 7] [--out benchmarks/results/image_decoding.md]

Pictures are drawn: soft colour fields, edges and some noise, so that they compress like photographs.
All columns of a row are taken in turn in one run; a cell is the median of the rounds in milliseconds of
wall time, and in brackets the CPU time of all processes, to 10 ms / rounds. Linux only.
"""

import argparse
import io
import os
import resource
import statistics
import threading
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image
from tests.pictures.files import bombs

from quell.errors import InvalidRequestBody
from quell.pictures.decoder import PictureDecoder
from quell.pictures.domain import FORMATS, Limits

SIZES = {"1 MP": (1_152, 864), "12 MP": (4_000, 3_000)}
LIMITS = Limits(max_bytes=64 * 1024 * 1024)  # BMP and TIFF of 12 MP are larger than a request may be


def drawn(width: int, height: int) -> Image.Image:
    """Return a picture that compresses like a photograph."""
    chance = np.random.default_rng(1)
    fields = Image.fromarray(chance.integers(0, 255, (12, 16, 3), np.uint8))
    picture = np.asarray(fields.resize((width, height), Image.Resampling.BICUBIC), np.int16).copy()
    for _ in range(60):
        left, top = int(chance.integers(width)), int(chance.integers(height))
        wide, high = (int(chance.integers(side // 50, side // 6)) for side in (width, height))
        picture[top : top + high, left : left + wide] += chance.integers(-60, 60, 3, np.int16)
    picture += chance.normal(0, 3, picture.shape).astype(np.int16)
    return Image.fromarray(np.clip(picture, 0, 255).astype(np.uint8))


def file_of(image: Image.Image, kind: str) -> bytes:
    """Return the file, written with the usual options."""
    written = io.BytesIO()
    options = {"JPEG": {"quality": 88}, "WEBP": {"quality": 85}, "TIFF": {"compression": "tiff_lzw"}}
    image.save(written, kind, **options.get(kind, {}))
    return written.getvalue()


def plain(data: bytes) -> None:
    """Decode in full with Pillow, as a program without limits does."""
    with Image.open(io.BytesIO(data)) as opened:
        np.asarray(opened.convert("RGB"))


def cpu_of(pids: list[int]) -> float:
    """Return the CPU seconds of this process and of others."""
    ticks = os.sysconf("SC_CLK_TCK")
    spent = 0.0
    for pid in pids:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()
        spent += (int(fields[11]) + int(fields[12])) / ticks
    return spent + time.process_time()


def row(data: bytes, ways: list[tuple[Callable[[bytes], object], PictureDecoder]], rounds: int) -> list[str]:
    """Return a cell for each way, taken in turn."""
    walls: list[list[float]] = [[] for _ in ways]
    spent: list[float] = [0.0 for _ in ways]
    for _ in range(rounds):
        for place, (way, decoder) in enumerate(ways):
            pids = decoder.children
            before, begun = cpu_of(pids), time.perf_counter()
            way(data)
            walls[place].append(time.perf_counter() - begun)
            spent[place] += cpu_of(pids) - before
    return [
        f"{1000 * statistics.median(wall):.1f} ({1000 * cpu / rounds:.0f})"
        for wall, cpu in zip(walls, spent, strict=True)
    ]


def peak_growth(pid: int, call: Callable[[], object]) -> float:
    """Return by how many MB the peak of resident memory grew in a call."""
    Path(f"/proc/{pid}/clear_refs").write_text("5", encoding="utf-8")
    before = status(pid, "VmRSS")
    call()
    return status(pid, "VmHWM") - before


def status(pid: int, name: str) -> float:
    """Return a line of the status of a process, in MB."""
    lines = Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith(name + ":"))


def refused(decoder: PictureDecoder, data: bytes) -> None:
    """Decode what has to be refused."""
    try:
        decoder.decode(data, "image.content")
    except InvalidRequestBody:
        return
    raise SystemExit("a bomb was decoded")


def start_figures(rounds: int) -> list[str]:
    """Return how long a child takes to start, and how much memory it has."""
    starts, rest = [], 0.0
    data = file_of(drawn(64, 64), "PNG")
    for _ in range(rounds):
        decoder = PictureDecoder(Limits())
        begun = time.perf_counter()
        decoder.decode(data, "x")
        starts.append(time.perf_counter() - begun)
        rest = status(decoder.children[0], "VmRSS")
        decoder.close()
    middle = 1000 * statistics.median(starts)
    line = f"A child answers {middle:.0f} ms after it was asked for, with {rest:.0f} MB resident."
    return ["## Children", "", line]


def bomb_table(rounds: int) -> list[str]:
    """Return what it costs to refuse bombs."""
    decoder = PictureDecoder(Limits())
    lines = [
        "## Bombs",
        "",
        "| Bomb | bytes | ms, median | ms, worst | peak memory + MB |",
        "|---|---|---|---|---|",
    ]
    for name, data in bombs().items():
        times = []
        for _ in range(max(rounds, 20)):
            begun = time.perf_counter()
            refused(decoder, data)
            times.append(1000 * (time.perf_counter() - begun))
        grown = peak_growth(os.getpid(), lambda data=data: refused(decoder, data))
        middle = statistics.median(times)
        lines.append(f"| {name} | {len(data):,} | {middle:.2f} | {max(times):.2f} | {max(grown, 0):.1f} |")
    lines += ["", f"Children started for them: {len(decoder.children)}."]
    decoder.close()
    return lines


def largest_table() -> list[str]:
    """Return the time and memory of the largest pictures that are allowed, in a child."""
    lines = ["## The largest that is allowed: 7,200 x 7,200 of one colour", ""]
    lines += ["| Format | bytes | ms | peak memory of the child, MB |", "|---|---|---|---|"]
    image = Image.new("RGB", (7_200, 7_200), (40, 90, 160))
    for kind in ("JPEG", "PNG", "GIF", "WEBP", "TIFF"):
        decoder = PictureDecoder(Limits())
        decoder.decode(file_of(drawn(64, 64), "PNG"), "x")
        data = file_of(image, kind)
        begun = time.perf_counter()
        decoder.decode(data, "x")
        spent = 1000 * (time.perf_counter() - begun)
        lines.append(f"| {kind} | {len(data):,} | {spent:.0f} | {status(decoder.children[0], 'VmHWM'):.0f} |")
        decoder.close()
    return lines


def together(data: bytes, rounds: int) -> str:
    """Return how many pictures four threads decode in a second, here and in children."""
    cells = []
    for processes in (0, 2):
        decoder = PictureDecoder(LIMITS, processes)
        each = rounds * 3

        def work(decoder: PictureDecoder = decoder, each: int = each) -> None:
            for _ in range(each):
                decoder.decode(data, "x")

        threads = [threading.Thread(target=work) for _ in range(4)]
        decoder.decode(data, "x")
        begun = time.perf_counter()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        cells.append(4 * each / (time.perf_counter() - begun))
        decoder.close()
    return f"Four threads decode {cells[0]:.0f} a second in this process and {cells[1]:.0f} in two children."


def main() -> None:
    """Measure and write the page."""
    options = argparse.ArgumentParser()
    options.add_argument("--rounds", type=int, default=7)
    options.add_argument("--out", type=Path, default=Path("benchmarks/results/image_decoding.md"))
    given = options.parse_args()
    here, apart = PictureDecoder(LIMITS, 0), PictureDecoder(LIMITS, 1)
    ways = [
        (plain, here),
        (lambda data: here.decode(data, "x"), here),
        (lambda data: apart.decode(data, "x"), apart),
    ]
    lines = ["# What decoding a picture costs", "", *(__doc__ or "").splitlines()[4:], ""]
    load = os.getloadavg()[0]
    lines += [f"Load average at the start: {load:.1f} on {os.cpu_count()} cores.", ""]
    lines += [
        "| Format | size | kB | plain Pillow, full | in this process | in a child |",
        "|---|---|---|---|---|---|",
    ]
    for kind in FORMATS:
        for name, (width, height) in SIZES.items():
            data = file_of(drawn(width, height), kind)
            apart.decode(data, "x")
            cells = row(data, ways, given.rounds)
            lines.append(f"| {kind} | {name} | {len(data) // 1024:,} | {' | '.join(cells)} |")
            print(lines[-1], flush=True)
    apart.close()
    jpeg = file_of(drawn(*SIZES["1 MP"]), "JPEG")
    lines += ["", f"1 MP JPEG: {together(jpeg, given.rounds)}", "", *start_figures(given.rounds), ""]
    lines += [*bomb_table(given.rounds), "", *largest_table(), ""]
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    lines += [f"The largest child had {peak:.0f} MB resident.", ""]
    given.out.write_text("\n".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main()
