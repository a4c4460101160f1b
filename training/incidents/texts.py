"""Where training text comes from: classes of texts by kind, and ordinary text.

Only sources whose licence allows derived vectors to be passed on are read (see the model card). The policy
vectors of EDOS and the hazards of AILuminate are never read: they are kept apart for evaluation.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from training.incidents import rumours

HELD_OUT = frozenset({"edos", "ailuminate-demo"})
LARGE_CLASS = 60
SMALL_CLASS = 40


@dataclass(frozen=True, slots=True)
class TextClass:
    """Texts of one class; `near` are texts about its subject that do not belong to it."""

    kind: str
    name: str
    lang: str
    texts: list[str]
    near: list[str] = field(default_factory=list)

    @property
    def key(self) -> str:
        """The class's name across kinds."""
        return f"{self.kind}/{self.lang}/{self.name}"


def share(text: str, salt: str) -> float:
    """Return a fixed pseudo-random number in [0, 1) for a text."""
    return int(hashlib.sha256(f"{salt}\0{text}".encode()).hexdigest()[:12], 16) / 16**12


def pick(texts: Iterable[str], count: int, salt: str) -> list[str]:
    """Return up to `count` different texts in a fixed pseudo-random order."""
    usable = {text for text in texts if isinstance(text, str) and 8 <= len(text) <= 3000}
    return sorted(usable, key=lambda text: share(text, salt))[:count]


class Corpus:
    """The tables of text for training, in memory."""

    def __init__(self, folder: Path, *, large: int = LARGE_CLASS, small: int = SMALL_CLASS) -> None:
        """Read the tables; a topic has at most `large` texts, any other class `small`."""
        self._large, self._small = large, small
        moderation = pd.read_parquet(folder / "moderation.parquet")
        self.moderation = moderation[~moderation.source.isin(HELD_OUT)]
        self.topics = pd.read_parquet(folder / "topics.parquet")
        self.prompts = pd.read_parquet(folder / "prompt_injection.parquet")
        self.rumours = rumours.load(Path(__file__).parent / "rumours.txt")

    def classes(self) -> list[TextClass]:
        """Return all classes of all kinds that have enough texts."""
        found = [*self._topics(), *self._rumours(), *self._labelled(), *self._groups(), *self._prompts()]
        return [one for one in found if len(one.texts) >= 9]

    def background(self, langs: frozenset[str] | None) -> list[tuple[str, str]]:
        """Return (text, source) of ordinary text; `langs` None means every language."""
        return [
            (text, source)
            for source, lang, rows in self._ordinary(langs)
            for text in pick(rows, _rows(source, lang), "background")
        ]

    def ordinary(self, lang: str, count: int, taken: set[str]) -> list[str]:
        """Return ordinary texts of a language that are in no background: far negatives."""
        found: list[str] = []
        for _, _, rows in self._ordinary(frozenset({lang})):
            found += [text for text in pick(rows, 700, "far") if text not in taken][:250]
        return pick(found, count, "far all")

    def languages(self) -> list[str]:
        """Return the languages that ordinary text is of."""
        return sorted({lang for _, lang, _ in self._ordinary(None)})

    def sample(self, lang: str, count: int) -> list[str]:
        """Return ordinary texts of a language, from each source alike."""
        sources = [rows for _, _, rows in self._ordinary(frozenset({lang}))]
        share = -(-count // len(sources))
        return [text for rows in sources for text in pick(rows, share, "middle")][:count]

    def _ordinary(self, langs: frozenset[str] | None) -> list[tuple[str, str, list[str]]]:
        table = self.moderation
        out = []
        for (source, lang), rows in table.groupby(["source", "lang"]):
            if source not in BACKGROUND_ROWS or (langs is not None and lang not in langs):
                continue
            out.append((source, lang, _plain(source, rows).text.tolist()))
        if langs is None or "en" in langs:
            prompts = self.prompts
            for source in ("llm-warden-benign", "xsafety-other"):
                rows = prompts[(prompts.source == source) & (prompts.lang == "en")]
                out.append((source, "en", rows.text.dropna().tolist()))
        return out

    def _topics(self) -> list[TextClass]:
        groups = self.topics.groupby(["source", "topic"])
        return [
            TextClass("topics", f"{s}:{t}", "en", pick(rows.text, self._large, "class"))
            for (s, t), rows in groups
        ]

    def _rumours(self) -> list[TextClass]:
        return [
            TextClass("rumours", one.name, "en", rumours.positives(one, 22), rumours.near_misses(one))
            for one in self.rumours
        ]

    def _labelled(self) -> list[TextClass]:
        out = []
        for source in LABELLED:
            rows = self.moderation[self.moderation.source == source]
            for (lang, label), group in rows.groupby(["lang", "orig_label"]):
                # A forum whose posts are in the background cannot be an incident as well.
                if label != "none" and label not in _FORUMS:
                    out.append(
                        TextClass(source, str(label), str(lang), pick(group.text, self._small, "class"))
                    )
        return out

    def _groups(self) -> list[TextClass]:
        rows = self.moderation[self.moderation.source == "toxigen-human"]
        parts = rows.orig_label.str.extract(r"^tox ([\d.]+) (.+)$")
        toxicity = parts[0].astype(float)
        out = []
        for group in sorted(parts[1].dropna().unique()):
            for name, mask in (("about", toxicity <= 1.5), ("against", toxicity >= 4)):
                texts = pick(rows[mask & (parts[1] == group)].text, self._small, "class")
                if len(texts) >= 20:
                    out.append(TextClass("groups", f"{name} {group}", "en", texts))
        return out

    def _prompts(self) -> list[TextClass]:
        rows = self.prompts[self.prompts.source.isin(PROMPTS)]
        out = []
        for (lang, source, kind), group in rows.groupby(["lang", "source", "kind"]):
            texts = pick(group.text.dropna(), self._small, "class")
            if len(texts) >= 18:
                out.append(TextClass("prompts", f"{source}:{kind}", str(lang), texts))
        return out


LABELLED = (
    "forbidden-questions", "sap200", "hatemoji-build", "jade-t2i", "counsel-chat", "rmhd-reddit", "catqa",
    "jailbreakdiffusionbench-i2p", "jailbreakdiffusionbench-diffusion_db",
)  # fmt: skip
PROMPTS = (
    "xsafety",
    "jailbreakllms-in-the-wild",
    "pyrit-templates",
    "sap200",
    "awesome-prompts",
)

BACKGROUND_ROWS = {
    "universal-dependencies": 500, "davidson": 420, "paradetox-toxic": 150, "paradetox-neutral": 300,
    "wikipedia-talk-context": 250, "vicomtech-stormfront": 150, "surge-toxicity": 100, "hatemoji-build": 80,
    "schema-guided-dialogue": 150, "tldr-pages": 50, "nl2bash": 30, "diasafety": 200,
    "jailbreakdiffusionbench-benign": 100, "self-instruct-seeds": 80, "llm-warden-benign": 120,
    "xsafety-other": 120, "own-templates": 60, "decodingtrust-toxicity": 120, "rmhd-reddit": 150,
    "medquad": 80, "counsel-chat-answers": 40, "told-br": 150, "cold": 150, "gahd": 80, "germeval2018": 80,
    "korean-hate": 80, "mlma": 80, "xsafety": 15,
}  # fmt: skip
"""How many rows of each source (and language) a background takes."""

_FORUMS = ("personalfinance", "unitedkingdom", "ukpolitics", "UKPersonalFinance", "parenting", "jokes",
           "fitness", "legaladvice", "teaching", "relationships", "guns", "conspiracy",
           "meditation")  # fmt: skip


def _rows(source: str, lang: str) -> int:
    return 110 if source == "universal-dependencies" and lang != "en" else BACKGROUND_ROWS[source]


def _plain(source: str, rows: pd.DataFrame) -> pd.DataFrame:
    """Leave ordinary text, rude chatter included, without what is hateful or belongs to a class of ours."""
    rows = rows[rows.hate.isna() | (rows.hate <= 1)]
    if source == "diasafety":
        return rows[rows.orig_label.str.endswith("/Safe")]
    if source == "rmhd-reddit":
        return rows[rows.orig_label.isin(_FORUMS)]
    return rows
