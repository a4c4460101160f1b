"""Fine-tunes the shortened encoder with its ordinal heads on a CPU; can stop and go on at any time.

python -m training.harms.train CHECKPOINT --texts FOLDER --vocab FOLDER --out FOLDER [--start BEST | --resume]
"""

import argparse
import json
import time
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score
from tokenizers import Tokenizer
from torch import Tensor
from torch.nn import functional

from training.harms import corpus as rows
from training.harms import parts
from training.harms.draws import TOKENS, Batch, Draws, Places, pad
from training.harms.network import CATEGORIES, CUTS, HarmNetwork, from_checkpoint
from training.harms.weights import read


def loss_of(logits: Tensor, batch: Batch) -> Tensor:
    """Weighted binary cross-entropy over the cuts that are known."""
    each = functional.binary_cross_entropy_with_logits(logits, batch.targets, reduction="none")
    return (each * batch.weights).sum() / len(batch.ids) / 4


@torch.no_grad()
def logits_of(network: HarmNetwork, tokenizer: Tokenizer, texts: list[str]) -> NDArray[np.float32]:
    """Logits (n, 4, 4) of the first window of each text."""
    network.eval()
    encoded = [[*e.ids[:-1][: TOKENS + 1], 2] for e in tokenizer.encode_batch_fast(texts)]
    order = sorted(range(len(texts)), key=lambda i: len(encoded[i]))
    out = np.zeros((len(texts), len(CATEGORIES), len(CUTS)), np.float32)
    for start in range(0, len(order), 32):
        chosen = order[start : start + 32]
        with torch.autocast("cpu", torch.bfloat16):
            out[chosen] = network(pad([encoded[i] for i in chosen])).numpy()
    network.train()
    return out


def auroc(severities: NDArray[np.int8], logits: NDArray[np.float32]) -> dict[str, float]:
    """Per category, the area under the curve of "severity is 2 or more"."""
    found = {}
    for n, category in enumerate(CATEGORIES):
        known = severities[:, n] >= 0
        found[category] = float(roc_auc_score(severities[known, n] >= 2, logits[known, n, 1]))
    return found


class Average:
    """A moving average of the trained weights, which is what gets shipped."""

    def __init__(self, network: HarmNetwork) -> None:
        self.weights = {k: v.detach().clone() for k, v in network.state_dict().items()}

    def update(self, network: HarmNetwork, step: int) -> None:
        """Move towards the network; young averages move faster."""
        keep = min(0.997, (step + 1) / (step + 20))
        for name, value in network.named_parameters():
            if value.requires_grad:
                self.weights[name].lerp_(value.detach(), 1 - keep)


def _optimiser(network: HarmNetwork, frozen: int) -> torch.optim.AdamW:
    for module in (network.word, network.position, network.norm, *network.layers[:frozen]):
        module.requires_grad_(False)
    for layer in network.layers[:frozen]:
        layer.drop.p = 0.0  # noise below what learns costs time and teaches nothing
    heads = [*network.head.parameters(), *network.cuts.parameters()]
    body = [p for layer in network.layers[frozen:] for p in layer.parameters()]
    groups = [{"params": body, "lr": 1.5e-4, "base": 1.5e-4}, {"params": heads, "lr": 8e-4, "base": 8e-4}]
    return torch.optim.AdamW(groups, weight_decay=0.01)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("--texts", type=Path, required=True)
    parser.add_argument("--vocab", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--layers", default="0,1,2,3,4,5,6,7")
    parser.add_argument("--frozen", type=int, default=3)
    parser.add_argument("--examples", type=int, default=400_000)
    parser.add_argument("--deadline", type=float, help="Unix time by which the rate must have run down.")
    parser.add_argument("--check-minutes", type=float, default=6)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seed", type=int, default=11)
    parser.add_argument("--start", type=Path, help="The best.pt of another run, which this one goes on from.")
    parser.add_argument("--guesses", type=Path, help="What training.harms.guess wrote.")
    parser.add_argument("--places", type=Path, help="What training.harms.places wrote.")
    parser.add_argument("--rate", type=float, default=1.0, help="Of the usual learning rates, so much.")
    parser.add_argument("--resume", action="store_true")
    return parser.parse_args()


class Trainer:
    """A run: network, optimiser, average, where it stands; keeps last, best and final.pt and log.jsonl."""

    def __init__(self, arguments: argparse.Namespace) -> None:
        self._arguments = arguments
        torch.set_num_threads(arguments.threads)
        torch.manual_seed(arguments.seed)
        arguments.out.mkdir(parents=True, exist_ok=True)
        self._kept = [int(n) for n in arguments.layers.split(",")]
        self._table = json.loads((arguments.vocab / "rows.json").read_text())
        self._network = from_checkpoint(read(arguments.checkpoint), self._table, self._kept)
        self._tokenizer = Tokenizer.from_file(str(arguments.vocab / "tokenizer.json"))
        if arguments.start is not None:
            self._network.load_state_dict(torch.load(arguments.start, weights_only=False)["network"])
        self._optimiser = _optimiser(self._network, arguments.frozen)
        self._average = Average(self._network)
        self._step = self._seen = 0
        self._done = self._best = 0.0
        self._losses: list[float] = []
        if arguments.resume and (arguments.out / "last.pt").exists():
            self._resume()
        watched = rows.halves(rows.collected(arguments.texts, "dev"))[0]
        self._watched = watched.take(np.arange(len(watched.texts)) % 6 == 0)

    def run(self) -> None:
        """Train until the examples or the time are used up."""
        arguments = self._arguments
        guesses = None if arguments.guesses is None else np.load(arguments.guesses)["chances"]
        found = None if arguments.places is None else np.load(arguments.places)
        places = None if found is None else Places(found["starts"], found["near"])
        corpus = parts.training(arguments.texts)
        draws = Draws(corpus, self._tokenizer, arguments.seed + self._step, guesses, places)
        started = checked = time.time()
        self._network.train()
        while True:
            for batch in draws.pool():
                progress = self._progress(started)
                self._learn(batch, min(1.0, (self._step + 1) / 150) * max(0.02, 1 - progress))
                if progress >= 1 or time.time() - checked > arguments.check_minutes * 60:
                    self._check(progress, (time.time() - started) / 60)
                    checked = time.time()
                if progress >= 1:
                    return

    def _progress(self, started: float) -> float:
        """How far the run is, 0 to 1: by examples, or by the clock where a deadline presses more."""
        by_examples = self._seen / self._arguments.examples
        if self._arguments.deadline is None:
            return by_examples
        share = (time.time() - started) / max(1.0, self._arguments.deadline - started)
        return max(by_examples, self._done + (1 - self._done) * share)

    def _learn(self, batch: Batch, rate: float) -> None:
        for group in self._optimiser.param_groups:
            group["lr"] = group["base"] * rate * self._arguments.rate
        with torch.autocast("cpu", torch.bfloat16):
            logits = self._network(batch.ids)
        loss = loss_of(logits, batch)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self._network.parameters(), 1.0)
        self._optimiser.step()
        self._optimiser.zero_grad(set_to_none=True)
        self._average.update(self._network, self._step)
        self._step, self._seen = self._step + 1, self._seen + len(batch.ids)
        self._losses.append(loss.item())

    def _check(self, progress: float, minutes: float) -> None:
        scored = HarmNetwork(len(self._table), len(self._kept))
        scored.load_state_dict(self._average.weights)
        found = auroc(self._watched.severities, logits_of(scored, self._tokenizer, self._watched.texts))
        mean = sum(found.values()) / len(found)
        loss = float(np.mean(self._losses))
        note = {"step": self._step, "seen": self._seen, "progress": progress, "minutes": minutes}
        note |= {"mean": mean, "loss": loss, **found}
        with (self._arguments.out / "log.jsonl").open("a") as log:
            log.write(json.dumps(note) + "\n")
        print(note, flush=True)
        self._losses, self._best = [], max(self._best, mean)
        self._save(progress)
        shippable = {"network": self._average.weights, "layers": self._kept, "note": note}
        if mean >= self._best:
            torch.save(shippable, self._arguments.out / "best.pt")
        if progress >= 1:
            torch.save(shippable, self._arguments.out / "final.pt")

    def _resume(self) -> None:
        state = torch.load(self._arguments.out / "last.pt", weights_only=False)
        self._network.load_state_dict(state["network"])
        self._optimiser.load_state_dict(state["optimiser"])
        self._average.weights = state["average"]
        self._step, self._seen = state["step"], state["seen"]
        self._done, self._best = state["done"], state["best"]

    def _save(self, done: float) -> None:
        state = {"network": self._network.state_dict(), "optimiser": self._optimiser.state_dict()}
        state |= {"average": self._average.weights, "step": self._step, "seen": self._seen}
        part = self._arguments.out / "last.part"
        torch.save(state | {"done": done, "best": self._best}, part)
        part.replace(self._arguments.out / "last.pt")


if __name__ == "__main__":
    Trainer(_arguments()).run()
