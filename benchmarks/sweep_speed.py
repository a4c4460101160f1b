"""How fast stored content is swept: one and two processes and Ray, next to a loop over the HTTP API.

    python -m benchmarks.sweep_speed [--rows 3000] [--asked 300] [--hashed 1000000] [--markdown FILE]

An incident of twenty samples is asked about generated posts. The rounds of all ways are interleaved; rows per
second are counted from the first shard that is done to the last, so that loading models is not in them, and
the loading is told apart. Then a blocklist of 1,000 terms is asked about many more rows, with the memory of
all processes together at its highest.
"""

import argparse
import json
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from benchmarks.analyze_speed import KEY, started
from benchmarks.memory import Watch
from quell.app import build
from quell.blocklists.domain import ItemWrite, ListChange
from quell.database import Database
from quell.incidents.domain import IncidentChange
from quell.settings import Settings
from quell.sweep.domain import Question, Shard
from quell.sweep.folder import SweepFolder
from quell.sweep.on_ray import RayEngine
from quell.sweep.places import open_place
from quell.sweep.planning import PlanRules
from quell.sweep.pool import PoolEngine
from quell.sweep.running import Request, run_sweep
from quell.sweep.work import Engine, WorkOpener
from quell.sweeping import sweep_surroundings
from quell.workers import usable_cores

PORT = 18161
ROUNDS = 2
SHARD_ROWS = 100
SUBJECTS = (
    "kettle",
    "bicycle",
    "violin",
    "garden",
    "train",
    "recipe",
    "football",
    "camera",
    "holiday",
    "cat",
)
OPENINGS = (
    "I finally bought a",
    "does anyone still have a",
    "my neighbour lost the",
    "look at this",
    "selling my",
)
ENDINGS = (
    "and it is wonderful.",
    "which broke after a week!",
    "for a fair price, ask me",
    "in the rain again",
    "…",
)
SCAMS = tuple(
    f"{verb} {count} coins to this address and get {more} back {when}"
    for verb, count, more, when in zip(
        ("send", "transfer", "pay", "wire") * 5,
        ("two", "three", "five", "ten", "fifty") * 4,
        ("twice as many", "double", "four times that") * 7,
        ("today", "within the hour", "at once", "tonight", "now") * 4,
        strict=False,
    )
)


def posts(count: int, seed: int = 5) -> Iterator[str]:
    """Yield generated posts of one to four sentences, one in fifty of them a scam."""
    chance = random.Random(seed)
    for number in range(count):
        parts = [
            f"{chance.choice(OPENINGS)} {chance.choice(SUBJECTS)} {chance.choice(ENDINGS)}"
            for _ in range(chance.randrange(1, 5))
        ]
        if chance.random() < 0.02:
            parts.append(chance.choice(SCAMS))
        yield f"{' '.join(parts)} #{number}"


def write(path: Path, count: int) -> Path:
    """Write posts as JSON Lines, one at a time."""
    with path.open("w", encoding="utf-8") as out:
        out.writelines(json.dumps({"id": n, "text": text}) + "\n" for n, text in enumerate(posts(count)))
    return path


@dataclass
class Timed:
    """An engine whose results are timed."""

    inner: Engine
    marks: list[tuple[float, int]] = field(default_factory=list)

    def run(self, opener: WorkOpener, snapshot: Path, shards: Iterator[Shard]) -> Iterator[tuple[int, bytes]]:
        """Yield what the engine yields."""
        rows = {}

        def noted() -> Iterator[Shard]:
            for shard in shards:
                rows[shard.number] = shard.rows
                yield shard

        self.marks.append((time.perf_counter(), 0))
        for number, content in self.inner.run(opener, snapshot, noted()):
            self.marks.append((time.perf_counter(), rows[number]))
            yield number, content

    @property
    def loading(self) -> float:
        """Seconds to the first shard."""
        return self.marks[1][0] - self.marks[0][0]

    @property
    def per_second(self) -> float:
        """Rows in a second, from the first shard on."""
        spent = self.marks[-1][0] - self.marks[1][0]
        return sum(rows for _, rows in self.marks[2:]) / spent if spent else 0.0


@dataclass
class Found:
    """What one way came to."""

    speeds: list[float] = field(default_factory=list)
    loading: list[float] = field(default_factory=list)
    content: bytes = b""


def swept(
    settings: Settings, database: Database, source: Path, question: Question, engine: Engine, *, rows: int
) -> tuple[Timed, bytes]:
    """Sweep into a folder that is thrown away; return the times and the results."""
    timed, place = Timed(engine), open_place(str(source), {})
    with tempfile.TemporaryDirectory() as folder:
        request = Request(str(source), question, PlanRules(shard_rows=rows))
        around = sweep_surroundings(settings, database, place, question)
        run_sweep(SweepFolder(Path(folder)), request, around, timed)
        return timed, (Path(folder) / "results.parquet").read_bytes()


def looped(count: int) -> float:
    """Ask the HTTP API about one post after another, over one connection; return posts per second."""
    url = f"http://127.0.0.1:{PORT}/contentsafety/text:detectIncidents?api-version=2024-02-15-preview"
    with httpx.Client(headers={"Ocp-Apim-Subscription-Key": KEY}) as client:
        texts = list(posts(count))
        begun = time.perf_counter()
        for text in texts:
            answer = client.post(url, json={"text": text, "incidentNames": ["coins"]})
            answer.raise_for_status()
        return count / (time.perf_counter() - begun)


def fill(settings: Settings) -> None:
    """Make the incident and the blocklist."""
    quell = build(settings)
    quell.incidents.service.put("coins", IncidentChange())
    quell.incidents.service.add_samples("coins", [quell.incidents.reader.sample(text) for text in SCAMS])
    quell.blocklists.service.put("terms", ListChange())
    for start in range(0, 1_000, 100):
        terms = [ItemWrite(f"term {number}") for number in range(start, start + 100)]
        quell.blocklists.service.write("terms", terms)
    quell.blocklists.service.write("terms", [ItemWrite("twice as many")])
    quell.close()


def measured(settings: Settings, database: Database, folder: Path, rows: int, asked: int) -> dict[str, Found]:
    """Return what each way came to with the incident."""
    ways: dict[str, Engine] = {
        "1 process": PoolEngine(1),
        "2 processes": PoolEngine(2),
        "Ray, 2 workers": RayEngine(2),
    }
    found = {"HTTP, one after another": Found(), **{name: Found() for name in ways}}
    source, question = write(folder / "posts.jsonl", rows), Question(incidents=("coins",))
    server = {"QUELL_DATA": str(settings.data), "QUELL_KEYS": KEY, "QUELL_PORT": str(PORT)}
    command = [sys.executable, "-m", "quell", "serve"]
    with started(command, f"http://127.0.0.1:{PORT}/ready", {**server, "QUELL_LOG_LEVEL": "warning"}):
        looped(20)  # warms up
        for _ in range(ROUNDS):
            found["HTTP, one after another"].speeds.append(looped(asked))
            for name, engine in ways.items():
                timed, content = swept(settings, database, source, question, engine, rows=SHARD_ROWS)
                found[name].speeds.append(timed.per_second)
                found[name].loading.append(timed.loading)
                found[name].content = content
    return found


def table(found: dict[str, Found]) -> str:
    """Return the speeds as Markdown."""
    base = statistics.median(found["HTTP, one after another"].speeds)
    lines = [
        "| way | posts per second, median | from … to | times the loop | seconds to the first shard |",
        "|---|---|---|---|---|",
    ]
    for name, one in found.items():
        speed = statistics.median(one.speeds)
        loading = f"{statistics.median(one.loading):.1f}" if one.loading else "–"
        spread = f"{min(one.speeds):.1f} to {max(one.speeds):.1f}"
        lines.append(f"| {name} | {speed:.1f} | {spread} | {speed / base:.2f} | {loading} |")
    return "\n".join(lines)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, default=3_000)
    parser.add_argument("--asked", type=int, default=300)
    parser.add_argument("--hashed", type=int, default=1_000_000)
    parser.add_argument("--markdown", type=Path)
    given = parser.parse_args()
    parts = [f"{usable_cores()} cores (x86-64). `python -m benchmarks.sweep_speed` says how."]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        settings = Settings(data=folder / "data", durability="normal")
        fill(settings)
        from quell.database.opening import open_database  # noqa: PLC0415 - after the filling has closed it

        database = open_database(settings.data, "", durability="normal")
        found = measured(settings, database, folder, given.rows, given.asked)
        same = len({one.content for one in found.values() if one.content}) == 1
        parts += [f"## An incident of {len(SCAMS)} samples, {given.rows:,} posts", table(found)]
        parts.append(f"The results of all sweeps are the same bytes: {'yes' if same else 'NO'}.")
        parts += [
            "## A blocklist of 1,000 terms",
            "| rows | way | rows per second | seconds in all | MB at most |\n|---|---|---|---|---|",
        ]
        for rows, way, engine in (
            (given.hashed // 10, "1 process", PoolEngine(1)),
            (given.hashed // 10, "2 processes", PoolEngine(2)),
            (given.hashed, "2 processes", PoolEngine(2)),
        ):
            source, begun = write(folder / "many.jsonl", rows), time.perf_counter()
            with Watch() as watch:
                timed, _ = swept(
                    settings, database, source, Question(blocklists=("terms",)), engine, rows=2_000
                )
            spent = time.perf_counter() - begun
            parts[-1] += (
                f"\n| {rows:,} | {way} | {timed.per_second:,.0f} | {spent:,.0f} | {watch.highest:.0f} |"
            )
            print(parts[-1].splitlines()[-1], flush=True)
        database.close()
    text = "\n\n".join(parts) + "\n"
    print(text)
    if given.markdown:
        given.markdown.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
