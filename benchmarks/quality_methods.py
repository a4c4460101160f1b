"""The methods that the incident benchmark compares: each learns an episode's samples and scores its texts."""

import hashlib
import json
import time
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from training.incidents.episodes import Episode
from training.incidents.texts import pick

from quell.incidents.background import Background
from quell.incidents.classifier import FewShotClassifier

Scores = NDArray[np.float64]


class quell_method:  # noqa: N801 - called like the functions beside it
    """The shipped classifier; a text of several windows scores as its likeliest window."""

    def __init__(self, background: Background) -> None:
        self._background = background
        self._seconds: list[float] = []

    def __call__(self, episode: Episode) -> Scores:
        """Return a probability for each test text."""
        start = time.perf_counter()
        classifier = FewShotClassifier.fit(episode.samples, self._background)
        self._seconds.append(time.perf_counter() - start)
        return np.array([float(classifier.probability(windows).max()) for windows in episode.tests])

    def seconds_per_fit(self) -> float:
        """Return the median time to fit an incident from its samples' vectors."""
        return float(np.median(self._seconds))


def nearest_sample(episode: Episode) -> Scores:
    """Return the cosine to the nearest sample for each test text."""
    return np.array([float((windows @ episode.samples.T).max()) for windows in episode.tests])


class TfIdf:
    """Words and character n-grams with logistic regression against the same ordinary texts."""

    def __init__(self, ordinary: list[str]) -> None:
        self._ordinary = ordinary
        self._words = TfidfVectorizer(sublinear_tf=True, ngram_range=(1, 2)).fit(ordinary)

    def __call__(self, episode: Episode) -> Scores:
        """Return the decision value for each test text."""
        rows = self._words.transform([*episode.sample_texts, *self._ordinary])
        target = [1] * len(episode.sample_texts) + [0] * len(self._ordinary)
        model = LogisticRegression(C=10, class_weight="balanced", max_iter=300).fit(rows, target)
        return np.asarray(model.decision_function(self._words.transform(episode.texts)))


class SetFit:
    """SetFit on the same encoder in torch: samples against 20 short ordinary texts, its defaults."""

    def __init__(self, package: Path | None, cache: Path, ordinary: list[str]) -> None:
        self._package, self._folder = package, cache / "gte-torch"
        self._negatives = pick((text for text in ordinary if len(text) <= 120), 20, "setfit")
        self._kept = cache / "setfit-scores.json"
        self.seconds: list[float] = []

    def __call__(self, episode: Episode) -> Scores:
        """Return the probability for each test text; what an earlier run learned is kept."""
        kept = json.loads(self._kept.read_text()) if self._kept.exists() else {}
        texts = "\0".join([*episode.sample_texts, *self._negatives, *episode.texts])
        key = hashlib.sha256(texts.encode()).hexdigest()
        if key not in kept:
            scores, seconds = self._learn(episode)
            kept[key] = {"scores": scores.tolist(), "seconds": seconds}
            self._kept.write_text(json.dumps(kept))
        self.seconds.append(kept[key]["seconds"])
        return np.array(kept[key]["scores"])

    def _learn(self, episode: Episode) -> tuple[Scores, float]:
        # Imported here: the other methods run without torch.
        import torch  # noqa: PLC0415 - only this method needs it
        from datasets import Dataset  # noqa: PLC0415 - only this method needs it
        from setfit import SetFitModel, Trainer, TrainingArguments  # noqa: PLC0415 - only this method needs it

        from benchmarks.torch_gte import sentence_transformer  # noqa: PLC0415 - only this method needs it

        torch.set_num_threads(1)
        torch.manual_seed(0)
        if self._package is None:
            raise ValueError("SetFit needs the unpacked package of its encoder")
        body = sentence_transformer(self._package, self._folder)
        model: Any = SetFitModel(model_body=body, model_head=LogisticRegression(class_weight="balanced"))
        texts = [*episode.sample_texts, *self._negatives]
        labels = [1] * len(episode.sample_texts) + [0] * len(self._negatives)
        arguments = TrainingArguments(
            batch_size=16, num_epochs=1, seed=0, report_to="none", output_dir=str(self._folder / "runs"),
            save_strategy="no", show_progress_bar=False, logging_steps=1000,
        )  # fmt: skip
        examples = Dataset.from_dict({"text": texts, "label": labels})
        start = time.process_time()
        Trainer(model=model, args=arguments, train_dataset=examples).train()
        seconds = time.process_time() - start
        return np.asarray(model.predict_proba(episode.texts, as_numpy=True))[:, 1], seconds
