"""The collected text as arrays: labels with unknowns, weights per cell, and how often a row is drawn."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from training.harms.generate import Row, fold, rows
from training.harms.network import CATEGORIES

KIND = {"gold": 1.0, "silver": 0.7, "template": 0.6, "machine": 0.4, "lexical": 0.4}
WEAK = 0.35
# Up where harms other than hate are to be found, down where labels are noisy or one style rules.
FACTOR = {
    "ailuminate-demo": 4.0,
    "catqa": 3.0,
    "construct-tracker-suicide": 2.2,
    "counsel-chat": 2.0,
    "counsel-chat-answers": 2.0,
    "cssrs-reddit-posts": 2.2,
    "decodingtrust-toxicity": 2.5,
    "edos": 1.2,
    "forbidden-questions": 3.0,
    "hatemoji-build": 1.6,
    "identity-madlibs": 0.5,
    "jade-t2i": 1.5,
    "mlma": 0.5,
    "nl2bash": 0.8,
    "paradetox-toxic": 1.2,
    "sap200": 0.8,
    "tldr-pages": 1.2,
    "toxigen-human": 1.4,
    "toxigen-seed-prompts": 1.5,
    "universal-dependencies": 0.8,
}
# Families written after a look at mistakes, or at the sentences of `kinds.toml`: they must not flatter the
# report.
LATER = (
    "affection",
    "counsel_intimate",
    "counter_more",
    "definitions",
    "despair_indirect",
    "despair_more",
    "fiction_more",
    "game_more",
    "game_talk",
    "hate_asked",
    "hate_more",
    "hate_reference",
    "hate_slogans",
    "health_intimate",
    "identity_praise",
    "idiom_more",
    "insult_only",
    "intimate_story",
    "negated_harm",
    "negated_more",
    "news_intimate",
    "odd_targets",
    "plain_questions",
    "quoted_harm",
    "reading_ages",
    "reclaimed_words",
    "reported_hate",
    "self_harm_glory",
    "self_harm_indirect",
    "self_harm_taunt",
    "sexual_more",
    "sexual_safe_more",
    "sexual_trade",
    "taunt_lookalike",
    "threat_indirect",
    "threat_more",
    "violence_benign_more",
    "violence_facts",
    "violence_news_more",
    "violent_story",
)
# So begin the names of all families of revisions 4 to 9, which were written for mistakes, too.
LATER_STILL = ("calm_", "hard_", "more_")
# Third words in the names of the families that came last, and how much more often these are drawn: a short
# run had to learn them.
LATEST = dict.fromkeys(("angry", "answer", "asia", "body", "court", "dark"), 1.8)
LATEST |= dict.fromkeys(("euro", "force", "life", "pairs", "push", "world"), 1.8)
LATEST |= dict.fromkeys(("nine", "prevention", "mercy", "queries"), 2.0)


@dataclass
class Corpus:
    """n rows: severities (n, 4) with -1 for unknown, cell weights (n, 4), drawing probability (n,)."""

    texts: list[str]
    langs: list[str]
    sources: list[str]
    severities: NDArray[np.int8]
    weights: NDArray[np.float32]
    chance: NDArray[np.float64]

    def take(self, chosen: NDArray[np.bool_]) -> "Corpus":
        """Keep the rows where `chosen` (n,) is true."""
        at = np.flatnonzero(chosen)
        pick = lambda values: [values[i] for i in at]  # noqa: E731
        return Corpus(
            pick(self.texts), pick(self.langs), pick(self.sources),
            self.severities[at], self.weights[at], self.chance[at],
        )  # fmt: skip


def _frame(folder: Path, split: str) -> pd.DataFrame:
    frame = pd.read_parquet(folder / "moderation.parquet")
    frame = frame[frame["split"] == split]
    # Only harmful questions exist in Vietnamese: the language itself would become the sign of harm.
    return frame[~((frame["source"] == "catqa") & (frame["lang"] == "vi"))].reset_index(drop=True)


def _labels(frame: pd.DataFrame) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    severities = np.stack([frame[c].fillna(-1).to_numpy(np.int8) for c in CATEGORIES], 1)
    kind = frame["label_kind"].map(KIND).to_numpy(np.float32)[:, None]
    weak = np.stack([frame["weak_cats"].fillna("").str.contains(c).to_numpy() for c in CATEGORIES], 1)
    return severities, (kind * np.where(weak, WEAK, 1.0)).astype(np.float32)


def _chances(sources: pd.Series, severities: NDArray[np.int8], langs: pd.Series) -> NDArray[np.float64]:
    """Draw sources by the 0.6th power of their size; inside, both classes of a language even out."""
    positive = (severities >= 2).any(1)
    chance = np.zeros(len(sources))
    for source, index in sources.groupby(sources).groups.items():
        at = np.asarray(index)
        mass = len(at) ** 0.6 * FACTOR.get(str(source), 1.0)
        cells = pd.Series(positive[at].astype(str)) + langs.iloc[at].reset_index(drop=True)
        sizes = cells.map(cells.value_counts()).to_numpy(float)
        inner = sizes**-0.5
        chance[at] = mass * inner / inner.sum()
    return chance / chance.sum()


def collected(folder: Path, split: str) -> Corpus:
    """Read the shared moderation text of one split ("train" or "dev")."""
    frame = _frame(folder, split)
    severities, weights = _labels(frame)
    sources = frame["source"].where(
        ~frame["source"].str.startswith("jailbreakdiffusionbench"), "jailbreakdiffusionbench"
    )
    chance = _chances(sources, severities, frame["lang"])
    return Corpus(
        frame["text"].tolist(), frame["lang"].tolist(), sources.tolist(), severities, weights, chance
    )


def part_of(row: Row) -> str:
    """Whether a generated row trains, calibrates or reports; rows of one template stay together."""
    if not row.probe:
        return "train"
    later = row.family in LATER or row.family.startswith(LATER_STILL)
    if later or fold("half", row.lang, row.template) % 2 == 0:
        return "calibrate"
    return "report"


def generated(part: str) -> Corpus:
    """Our own templated rows of one part: "train", "calibrate" or "report"."""
    made = [row for row in rows() if part_of(row) == part]
    langs = pd.Series([row.lang for row in made])
    families = langs + [row.family for row in made]
    severities = np.array([row.severities for row in made], np.int8)
    chance = families.map(families.value_counts()).to_numpy(float) ** -0.35
    chance *= np.array([LATEST.get("".join(row.family.split("_")[2:3]), 1.0) for row in made])
    return Corpus(
        [row.text for row in made], langs.tolist(), ["own:" + row.family for row in made],
        severities, np.ones_like(severities, np.float32), chance / chance.sum(),
    )  # fmt: skip


def joined(left: Corpus, right: Corpus) -> Corpus:
    """Put the rows of both together; drawing probabilities as they are."""
    return Corpus(
        left.texts + right.texts, left.langs + right.langs, left.sources + right.sources,
        np.concatenate([left.severities, right.severities]),
        np.concatenate([left.weights, right.weights]),
        np.concatenate([left.chance, right.chance]),
    )  # fmt: skip


def halves(corpus: Corpus) -> tuple[Corpus, Corpus]:
    """Calibration half and report half of the dev rows, by a hash of the text."""
    first = np.array([fold("half", text) % 2 == 0 for text in corpus.texts])
    return corpus.take(first), corpus.take(~first)
