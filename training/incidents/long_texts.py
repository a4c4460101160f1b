"""False positives on long ordinary documents: many windows are many chances to be wrong.

    python -m training.incidents.long_texts gte-small --texts ../shared/data --cache CACHE

Documents are ordinary texts that are in no background, joined to 1,000, 3,000 and 10,000 characters.
Incidents are the classes that are reported on. Prints the share of (document, incident) pairs that hit.
"""

import argparse
import json
from pathlib import Path

import numpy as np

from quell.incidents.background import Background
from quell.incidents.classifier import FewShotClassifier
from training.incidents.episodes import tuned
from training.incidents.score import group
from training.incidents.texts import Corpus
from training.incidents.vectors import CachedEncoder

LENGTHS = (1_000, 3_000, 10_000)
DOCUMENTS = 24
CARD = Path(__file__).parents[2] / "model-cards" / "incident-classifier"


def joined(texts: list[str], length: int) -> list[str]:
    """Join texts to documents of `length` characters."""
    documents, current = [], ""
    for text in texts:
        current += text.strip() + "\n"
        if len(current) >= length:
            documents.append(current[:length])
            current = ""
        if len(documents) == DOCUMENTS:
            break
    return documents


def main() -> None:
    """Read the arguments, then print and write the rates."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("encoder")
    parser.add_argument("--texts", type=Path, required=True)
    parser.add_argument("--cache", type=Path, required=True)
    given = parser.parse_args()
    corpus, encoder = Corpus(given.texts), CachedEncoder(given.encoder, given.cache)
    background = Background.load(encoder.name, encoder.revision)
    taken = {text for text, _ in corpus.background(frozenset({"en"}))}
    ordinary = corpus.ordinary("en", 2000, taken)
    medical = [t for t in corpus.moderation[corpus.moderation.source == "medquad"].text if t not in taken][
        :400
    ]
    reported = [
        one for one in corpus.classes() if not tuned(one) and one.lang == "en" and one.kind != "rmhd-reddit"
    ]
    fitted = [
        (group(one), FewShotClassifier.fit(encoder.whole(one.texts[:k]), background))
        for one in reported
        for k in (5, 10)
    ]
    found: dict[str, float] = {}
    for kind, texts in (("mixed", ordinary), ("medical", medical)):
        for length in LENGTHS:
            for name in ("topics", "rumours", "policies"):
                mine = [classifier for which, classifier in fitted if which == name]
                windows = encoder.all_windows(joined(texts, length))
                hits = [bool((one.probability(rows, 0.5) >= 0.5).any()) for rows in windows for one in mine]
                found[f"{kind}, {length} characters, {name}"] = float(np.mean(hits))
                print(f"{kind:8s} {length:6d} {name:9s} {np.mean(hits):.4f}", flush=True)
    path = CARD / f"metrics-long-{encoder.name}.json"
    path.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
