"""The methods that the reviewer benchmark compares: each learns a policy and answers with labels."""

import hashlib
import json
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from training.incidents.vectors import CachedEncoder
from training.reviewers.calibrate import scorer_of
from training.reviewers.policies import Task

from quell.reviewers.domain import Label, ReviewerEngine
from quell.reviewers.embedded import phrase
from quell.reviewers.embedded_languages import shared
from quell.reviewers.embedded_ordinary import Ordinary
from quell.text import language
from quell.text.normalise import normalise

Answers = NDArray[np.int64]
Read = Callable[[Sequence[str]], NDArray[np.float32]]


class Method(Protocol):
    """Answers a task; None where the method cannot work, as with no examples."""

    def __call__(self, task: Task) -> Answers | None:
        """Return the number of a label for each text."""


class Embedded:
    """The embedded engine's own scorer on remembered vectors; what it answered, and how sure it was."""

    def __init__(self, encoder: CachedEncoder, ordinary: Ordinary) -> None:
        self._encoder, self._ordinary = encoder, ordinary
        self.confidences: list[tuple[float, bool]] = []

    def __call__(self, task: Task) -> Answers:
        """Answer by the likeliest label."""
        scorer, middles = scorer_of(task, self._encoder, self._ordinary), self._ordinary.middles
        texts = [
            *(one.description for one in task.policy.labels[:-1]),
            *(e.text for e in task.policy.examples),
        ]
        policy = shared([language.detect(text) for text in texts])
        rows = zip(task.texts, self._encoder.whole(task.texts), strict=True)
        moved = [
            (row + move if (move := middles.move(language.detect(text), policy)) is not None else row, text)
            for text, row in rows
        ]
        shares = np.stack([scorer.probabilities(row, len(normalise(text).text))[0] for row, text in moved])
        answers = shares.argmax(axis=1)
        self.confidences += zip(shares.max(axis=1).tolist(), (answers == task.truth).tolist(), strict=True)
        return answers


def build_seconds(engine: ReviewerEngine, task: Task) -> float:
    """Return the CPU seconds in which an engine that has read nothing yet builds a policy."""
    start = time.process_time()
    engine.build(task.policy, lambda _: None)
    return time.process_time() - start


def review_seconds(engine: ReviewerEngine, task: Task) -> list[float]:
    """Return the CPU seconds of each review of the task's texts, reasons included."""
    reviewer = engine.load(task.policy, engine.build(task.policy, lambda _: None))
    found = []
    for text in task.texts:
        start = time.process_time()
        reviewer.review(text)
        found.append(time.process_time() - start)
    return found


class DescriptionCosine:
    """The nearest description by cosine, centred on ordinary text; the rest below a threshold."""

    def __init__(
        self,
        read: Read,
        centre: NDArray[np.float32],
        say: Callable[[Label], str] = phrase,
        *,
        own_rest: bool = False,
    ) -> None:
        self._read, self._centre, self._say, self.threshold = read, centre, say, 0.0
        self._all = own_rest

    def scores(self, task: Task) -> NDArray[np.float32]:
        """Return the cosine of each text to each label (texts, labels), the rest only if it is one, too."""
        named = task.policy.labels if self._all else task.policy.labels[:-1]
        labels = [self._say(label) for label in named]
        return self._unit(self._read(task.texts)) @ self._unit(self._read(labels)).T

    def __call__(self, task: Task) -> Answers | None:
        """Answer by the nearest, or the rest."""
        scores = self.scores(task)
        if self._all:
            return scores.argmax(axis=1)
        return np.where(scores.max(axis=1) < self.threshold, scores.shape[1], scores.argmax(axis=1))

    def _unit(self, rows: NDArray[np.float32]) -> NDArray[np.float32]:
        moved = rows - self._centre
        return moved / np.linalg.norm(moved, axis=1, keepdims=True)


class NearestCentroid(DescriptionCosine):
    """The nearest mean of examples; the rest by a threshold, or by the mean of its own examples."""

    def __init__(self, read: Read, centre: NDArray[np.float32], *, own_rest: bool = False) -> None:
        super().__init__(read, centre)
        self._own_rest = own_rest

    def scores(self, task: Task) -> NDArray[np.float32]:
        """Return the cosine of each text to each label's mean."""
        names = [label.name for label in task.policy.labels][: None if self._own_rest else -1]
        shown = [[one.text for one in task.policy.examples if one.label == name] for name in names]
        means = np.stack([self._unit(self._read(texts)).mean(axis=0) for texts in shown])
        means /= np.linalg.norm(means, axis=1, keepdims=True)
        return self._unit(self._read(task.texts)) @ means.T

    def __call__(self, task: Task) -> Answers | None:
        """Answer by the nearest mean; None without examples."""
        if not task.count:
            return None
        return self.scores(task).argmax(axis=1) if self._own_rest else super().__call__(task)


class Logistic:
    """Logistic regression on the frozen encoder's vectors, the rest being one more class."""

    def __init__(self, read: Read) -> None:
        self._read = read

    def __call__(self, task: Task) -> Answers | None:
        """Answer by the likeliest class; None without examples."""
        if not task.count:
            return None
        number = {label.name: at for at, label in enumerate(task.policy.labels)}
        rows = self._read([one.text for one in task.policy.examples])
        truth = [number[one.label] for one in task.policy.examples]
        model = LogisticRegression(C=10, max_iter=1000).fit(rows, truth)
        return np.asarray(model.predict(self._read(task.texts)))


class SetFit:
    """SetFit on the same encoder in torch, twenty pairs of each kind an example, as its paper."""

    def __init__(self, package: Path, cache: Path) -> None:
        self._package, self._folder = package, cache / "gte-torch"
        self._kept = cache / "setfit-reviewers.json"
        self.seconds: dict[str, float] = {}

    def __call__(self, task: Task) -> Answers | None:
        """Answer by the trained model; None without examples."""
        if not task.count:
            return None
        kept = json.loads(self._kept.read_text()) if self._kept.exists() else {}
        texts = [*(f"{one.label}\1{one.text}" for one in task.policy.examples), *task.texts]
        key = hashlib.sha256("\0".join(texts).encode()).hexdigest()
        if key not in kept:
            answers, seconds = self._learn(task)
            kept[key] = {"answers": answers, "seconds": seconds}
            self._kept.write_text(json.dumps(kept))
        self.seconds[f"{task.name}/{task.count}"] = kept[key]["seconds"]
        return np.array(kept[key]["answers"])

    def _learn(self, task: Task) -> tuple[list[int], float]:
        # Imported here: the other methods run without torch.
        import torch  # noqa: PLC0415 - only this method needs it
        from datasets import Dataset  # noqa: PLC0415 - only this method needs it
        from setfit import SetFitModel, Trainer, TrainingArguments  # noqa: PLC0415 - only this method needs it

        from benchmarks.torch_gte import sentence_transformer  # noqa: PLC0415 - only this method needs it

        torch.set_num_threads(1)
        torch.manual_seed(0)
        body = sentence_transformer(self._package, self._folder)
        body.max_seq_length = 256
        model: Any = SetFitModel(model_body=body, model_head=LogisticRegression(max_iter=1000))
        arguments = TrainingArguments(
            batch_size=16, num_epochs=1, num_iterations=20, seed=0, report_to="none", save_strategy="no",
            output_dir=str(self._folder / "runs"), show_progress_bar=False, logging_steps=100_000,
        )  # fmt: skip
        number = {label.name: at for at, label in enumerate(task.policy.labels)}
        examples = Dataset.from_dict(
            {
                "text": [one.text for one in task.policy.examples],
                "label": [number[one.label] for one in task.policy.examples],
            }
        )
        start = time.process_time()
        Trainer(model=model, args=arguments, train_dataset=examples).train()
        seconds = time.process_time() - start
        return [int(label) for label in model.predict(list(task.texts))], seconds
