"""How fast text:analyze tells four harm categories, beside the same base model in a transformers pipeline.

    python -m benchmarks.harm_speed --peer-python PYTHON [--weights FOLDER]

The peer is what a newcomer would write: a transformers pipeline in a FastAPI handler, over a model of the
shape of the harm model's base: 12 layers, 384 wide, 32-bit floats. Without `--weights` its numbers are
random, for the time does not depend on them; the tokenizer is the shipped one.
Quell does more per request: it normalises, calibrates and asks the allow-lists.

Then the longest text, 10,000 characters: alone, and with a blocklist of 10,000 terms asked as well; and many
texts in one call of text:batch. Rounds are interleaved; medians are printed.
"""

import argparse
import contextlib
import json
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import httpx

from benchmarks.analyze_speed import KEY, TEXTS, Contender, rounds, started, table
from benchmarks.blocklist_speed import latin_words, terms
from benchmarks.load import measure
from quell.loading import HARM_MODEL
from quell.models import WEIGHTS

VERSION = "api-version=2024-09-01"
LONGEST = 10_000
BATCH_TEXTS = 2_000
BLOCKLIST = "ten-thousand"
HOSTED = (
    "The hosted service's container, as published: 130 requests/s at 50 ms, 20-token texts, on an NVIDIA T4."
)
PEER = """
import sys
import torch
from fastapi import FastAPI
from pydantic import BaseModel
from transformers import BertConfig, BertForSequenceClassification, PreTrainedTokenizerFast, pipeline
import uvicorn
tokenizer, port, weights = sys.argv[1], int(sys.argv[2]), sys.argv[3]
if weights:
    model = BertForSequenceClassification.from_pretrained(weights, num_labels=4)
else:
    torch.manual_seed(0)
    model = BertForSequenceClassification(BertConfig(
        vocab_size=250037, hidden_size=384, num_hidden_layers=12, num_attention_heads=12,
        intermediate_size=1536, max_position_embeddings=512, num_labels=4))
words = PreTrainedTokenizerFast(tokenizer_file=tokenizer, model_max_length=512,
    pad_token="<pad>", cls_token="<s>", sep_token="</s>", unk_token="<unk>",
    model_input_names=["input_ids", "attention_mask"])
classify = pipeline("text-classification", model=model.eval(), tokenizer=words, top_k=None,
    function_to_apply="sigmoid", truncation=True, device="cpu")
app = FastAPI()
class Body(BaseModel):
    text: str
@app.post("/analyze")
def analyze(body: Body):
    return classify(body.text)
uvicorn.run(app, port=port, log_level="warning")
"""


@contextlib.contextmanager
def quell(folder: Path, port: int) -> Iterator[Contender]:
    """Start Quell with a blocklist of 10,000 terms, which a request has to name."""
    settings = {"QUELL_DATA": str(folder), "QUELL_KEYS": KEY, "QUELL_PORT": str(port)}
    settings["QUELL_LOG_LEVEL"] = "warning"  # as the peer
    base, headers = f"http://127.0.0.1:{port}", {"Ocp-Apim-Subscription-Key": KEY}
    with started([sys.executable, "-m", "quell", "serve"], f"{base}/ready", settings):
        lines = "".join(json.dumps({"text": term}) + "\n" for term in ten_thousand_terms())
        answer = httpx.post(
            f"{base}/quell/text/blocklists/{BLOCKLIST}:import",
            content=lines.encode(),
            headers={**headers, "Content-Type": "application/x-ndjson"},
            timeout=60,
        )
        answer.raise_for_status()
        bodies = [json.dumps({"text": text}).encode() for text in TEXTS]
        yield Contender("quell", f"{base}/contentsafety/text:analyze?{VERSION}", bodies, headers)


@contextlib.contextmanager
def peer(python: str, weights: str, port: int) -> Iterator[Contender]:
    """Start the transformers pipeline."""
    base = f"http://127.0.0.1:{port}"
    command = [python, "-c", PEER, str(WEIGHTS / HARM_MODEL / "tokenizer.json"), str(port), weights]
    with started(command, f"{base}/docs", {"HF_HUB_OFFLINE": "1", "TRANSFORMERS_VERBOSITY": "error"}):
        bodies = [json.dumps({"text": text}).encode() for text in TEXTS]
        yield Contender("transformers pipeline", f"{base}/analyze", bodies, {})


def ten_thousand_terms() -> list[str]:
    """Return the terms that benchmarks/blocklist_speed.py asks for."""
    chance = random.Random(3)
    return terms(chance, latin_words(chance, 4_000))


def longest(one: Contender, count: int, seconds: float) -> str:
    """Return p50 and p99 of 10,000 characters, without and with the blocklist, one client."""
    text = (" ".join(TEXTS) + " ") * 40
    cells: dict[str, dict[str, object]] = {
        "10,000 characters": {"text": text[:LONGEST]},
        "the same, and 10,000 blocklist terms": {"text": text[:LONGEST], "blocklistNames": [BLOCKLIST]},
    }
    found: dict[str, list[tuple[float, float]]] = {}
    for number in range(count + 1):  # the first round warms up and is not counted
        for name, body in cells.items():
            sent = [json.dumps(body).encode()]
            load = measure(one.url, sent, clients=1, seconds=seconds if number else 1.0, headers=one.headers)
            if number:
                found.setdefault(name, []).append((load.p50_ms, load.p99_ms))
    rows = ["| text:analyze, four categories, one client | p50 ms | p99 ms |", "|---|---|---|"]
    for name, times in found.items():
        p50, p99 = (statistics.median(column) for column in zip(*times, strict=True))
        rows.append(f"| {name} | {p50:.1f} | {p99:.1f} |")
    return "\n".join(rows)


def batches(one: Contender, count: int) -> str:
    """Return how many texts a second one call of text:batch answers, and when its first line is there."""
    url = one.url.split("/contentsafety/")[0] + "/quell/text:batch"
    body = {"texts": [TEXTS[number % len(TEXTS)] for number in range(BATCH_TEXTS)]}
    rates, firsts = [], []
    for _ in range(count):
        begun = time.perf_counter()
        with httpx.stream("POST", url, json=body, headers=one.headers, timeout=600) as answer:
            lines = answer.iter_lines()
            next(lines)
            firsts.append((time.perf_counter() - begun) * 1000)
            assert sum(1 for _ in lines) == BATCH_TEXTS - 1
        rates.append(BATCH_TEXTS / (time.perf_counter() - begun))
    rate, first = statistics.median(rates), statistics.median(firsts)
    return (
        f"text:batch, {BATCH_TEXTS:,} texts of 20 tokens in one call: {rate:.0f} texts/s, "
        f"first line after {first:.0f} ms."
    )


def main() -> None:
    """Start both, measure, print."""
    reading = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    reading.add_argument("--peer-python", required=True)
    reading.add_argument("--weights", default="", help="the base model in the transformers layout")
    reading.add_argument("--rounds", type=int, default=3)
    reading.add_argument("--seconds", type=float, default=5.0)
    given = reading.parse_args()
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as running:
        ours = running.enter_context(quell(Path(folder), 18111))
        theirs = running.enter_context(peer(given.peer_python, given.weights, 18112))
        print("Four categories, 20-token texts\n")
        print(table(rounds([ours, theirs], given.rounds, given.seconds)))
        print(f"\n{HOSTED}\n")
        print(longest(ours, given.rounds, given.seconds))
        print(f"\n{batches(ours, given.rounds)}")


if __name__ == "__main__":
    main()
