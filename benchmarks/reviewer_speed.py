"""How fast a reviewer is built and asked, beside text:analyze, in one run of the whole service.

    python -m benchmarks.reviewer_speed

A policy of 10 labels with 50 examples each is made by PUT and built by the worker of the service; then each
text is sent to text:analyze (without reviewers or incidents) and to text:autoReview in turn. Requests go
through the whole service, its edge included, but over no socket. On a machine that does other work the
seconds are the machine's; the ratio is of requests that were sent in turn.
"""

import argparse
import asyncio
import random
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

import httpx

import quell.app
from quell.background import example_blobs, job_worker
from quell.settings import Settings

KEY = "0123456789abcdef0123456789abcdef"
VERSION = "api-version=2024-09-15-preview"
LABELS, EXAMPLES = 10, 50
RESULTS = Path(__file__).parent / "results"
WORDS = {
    "Tickets": "concert ticket row seat swap show gate band festival pass",
    "Recipes": "soup onion bake flour simmer oven salt sauce pan dough",
    "Trains": "platform train delay conductor carriage timetable station track express ticket",
    "Gardens": "tomato balcony soil seeds hedge watering roses compost lawn spade",
    "Books": "library novel chapter author shelf borrow reading poem page cover",
    "Cycling": "bicycle chain brake helmet lane pedal tyre saddle pump ride",
    "Music": "violin lesson choir piano concert practice scale tune drum string",
    "Weather": "rain storm forecast umbrella frost sunny wind cloud thunder snow",
    "Repairs": "drill screw leak plumber paint ladder wall hammer shelf lamp",
}
SHAPES = (
    "does anybody know about the {0} and the {1} for {2} this week?",
    "we had trouble with a {0} near the {1}, and then the {2} came too late",
    "please tell me how to choose a {0}: {1} or {2}",
    "I wrote about {0} yesterday; now the {1} is gone and the {2} is new",
)


def sentences(label: str, count: int) -> list[str]:
    """Return texts of about twenty tokens around the words of a label, the same every time."""
    dice, words = random.Random(label), WORDS.get(label, "thing day people street house town").split()
    return [dice.choice(SHAPES).format(*dice.sample(words, 3)) + f" ({n})" for n in range(count)]


def policy() -> dict[str, Any]:
    """Return the body of a policy with examples in the request."""
    names = [*WORDS, "Other"]
    about = {name: f"Posts about {name.lower()}: {words}." for name, words in WORDS.items()}
    return {
        "labels": [
            {"labelName": name, "description": about.get(name, "Everything else.")} for name in names[:LABELS]
        ],
        "examples": [
            {"text": text, "labelName": name} for name in names[:LABELS] for text in sentences(name, EXAMPLES)
        ],
    }


def built(whole: quell.app.Quell) -> tuple[float, float]:
    """Do the waiting build; return the seconds it took by the clock, and of processor time."""
    blobs = example_blobs(whole.settings)
    worker = job_worker(whole.database, whole.reviewers.engines, blobs, quell.app.new_id())
    clock, processor = time.perf_counter(), time.process_time()
    while worker.run_next():
        pass
    spent = time.perf_counter() - clock, time.process_time() - processor
    blobs.close()
    return spent


async def asked(client: httpx.AsyncClient, rounds: int) -> dict[str, list[float]]:
    """Send texts to both operations in turn; return the milliseconds of each answer."""
    found: dict[str, list[float]] = {"analyze": [], "autoReview": []}
    texts = [text for name in [*WORDS, "Other"] for text in sentences(f"{name} ", 6)]
    for number in range(rounds + 1):  # the first round warms up and is not counted
        for text in texts:
            for operation, more in (("analyze", {}), ("autoReview", {"autoReviewerName": "board"})):
                begun = time.perf_counter()
                answer = await client.post(
                    f"/contentsafety/text:{operation}?{VERSION}", json={"text": text, **more}
                )
                answer.raise_for_status()
                if number:
                    found[operation].append((time.perf_counter() - begun) * 1000)
    return found


async def measured(whole: quell.app.Quell, rounds: int) -> list[str]:
    """Make, build and ask; return the lines of the report."""
    transport = httpx.ASGITransport(quell.app.web(whole))
    headers = {"Ocp-Apim-Subscription-Key": KEY}
    async with httpx.AsyncClient(
        transport=transport, base_url="http://localhost", headers=headers, timeout=600
    ) as client:
        made = await client.put("/quell/text/autoReviewers/board", json=policy())
        made.raise_for_status()
        seconds, processor = await asyncio.to_thread(built, whole)
        times = await asked(client, rounds)
    middle = {name: statistics.median(found) for name, found in times.items()}
    return [
        f"Build of {LABELS} labels with {EXAMPLES} examples each: {processor:.1f} s of processor time, "
        f"{seconds:.1f} s by the clock, one thread.",
        "",
        "| operation | p50 ms | × text:analyze | answers |",
        "|---|---|---|---|",
        *(
            f"| text:{name} | {middle[name]:.1f} | {middle[name] / middle['analyze']:.2f} | {len(found)} |"
            for name, found in times.items()
        ),
    ]


def main() -> None:
    """Read the arguments, measure, write the report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        whole = quell.app.build(Settings(data=Path(folder), keys=(KEY,), log_level="error"))
        lines = asyncio.run(measured(whole, given.rounds))
        whole.close()
    lines = [
        "Two cores (x86-64), shared with other work; read the ratio, not the milliseconds. "
        "`python -m benchmarks.reviewer_speed` says how.",
        "",
        *lines,
    ]
    (RESULTS / "reviewer_speed.md").write_text("\n".join(lines) + "\n", encoding="utf-8")
    print("\n".join(lines))


if __name__ == "__main__":
    main()
