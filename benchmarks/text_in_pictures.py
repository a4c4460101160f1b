"""Whether a text in a picture is judged as the same text typed: rendered texts of a labelled set.

    python -m benchmarks.text_in_pictures --texts FOLDER --fonts FOLDER [--minutes 8] [--out FILE]

FOLDER of texts holds Parquet files with the columns `text`, `lang`, `split` and severities by category; the
`dev` split is used. Fonts are those of fonts-dejavu-core, fonts-liberation, fonts-noto-cjk and
fonts-noto-core. No text is printed or kept: only counts are.
Half of the texts of each row carry a label from 2 on, where the language has enough of them. The verdict of
a text says for each category whether it is flagged, severity 2 or more in four levels, by the shipped harm
model. Needs pyarrow.
"""

import argparse
import hashlib
import itertools
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from pathlib import Path

from pyarrow import parquet

from benchmarks.rendering import CONDITIONS, Condition, Fonts, photograph, picture
from quell.analyze.domain import Category, OutputType
from quell.analyze.harm_model import ModelHarmAnalyzer
from quell.harms import HarmModel
from quell.loading import HARM_MODEL
from quell.models import WEIGHTS
from quell.ocr import TextInPictures, joined

LABELS = ("hate", "sexual", "violence", "self_harm")
CATEGORIES = (Category.HATE, Category.SELF_HARM, Category.SEXUAL, Category.VIOLENCE)


@dataclass
class Row:
    """Counts of one condition."""

    texts: int = 0
    same_verdict: int = 0
    same_severities: int = 0
    flagged: int = 0
    missed: int = 0
    raised: int = 0
    alike: list[float] = field(default_factory=list)

    def add(self, typed: tuple[int, ...], seen: tuple[int, ...], alike: float) -> None:
        """Count one text: its severities as typed and as seen, and how alike the letters are."""
        flags, found = tuple(s >= 2 for s in typed), tuple(s >= 2 for s in seen)
        self.texts += 1
        self.same_verdict += flags == found
        self.same_severities += typed == seen
        self.flagged += any(flags)
        self.missed += any(flag and not also for flag, also in zip(flags, found, strict=True))
        self.raised += any(also and not flag for flag, also in zip(flags, found, strict=True))
        self.alike.append(alike)

    def line(self, name: str) -> str:
        """Render as a row of the table."""
        letters = sorted(self.alike)[len(self.alike) // 2]
        same, whole = (f"{100 * n / self.texts:.1f} %" for n in (self.same_verdict, self.same_severities))
        return (
            f"| {name} | {self.texts} | {same} | {whole} | {self.missed} of {self.flagged} | "
            f"{self.raised} of {self.texts - self.flagged} | {100 * letters:.1f} % |"
        )


class Judge:
    """The shipped harm model, four levels."""

    def __init__(self) -> None:
        self._analyzer = ModelHarmAnalyzer(HarmModel(WEIGHTS / HARM_MODEL))

    def __call__(self, text: str) -> tuple[int, ...]:
        """Give a severity for each category; a picture without text has none."""
        if not text.strip():
            return (0,) * len(CATEGORIES)
        found = self._analyzer.analyze(text, CATEGORIES, OutputType.FOUR)
        return tuple(one.level for one in found)


def dev_texts(folder: Path) -> list[tuple[str, str, bool]]:
    """Give text, language and whether a label is 2 or more, of the dev split, in the order of a hash."""
    found = {}
    for path in sorted(folder.glob("*.parquet")):
        if not {*LABELS, "text", "lang", "split"} <= set(parquet.read_schema(path).names):
            continue
        table = parquet.read_table(path, columns=["text", "lang", "split", *LABELS])
        for row in table.filter(parquet.filters_to_expression([("split", "==", "dev")])).to_pylist():
            text = " ".join(row["text"].split())
            found[text] = (text, row["lang"], any((row[label] or 0) >= 2 for label in LABELS))
    return sorted(found.values(), key=lambda item: hashlib.sha256(item[0].encode()).digest())


def chosen(texts: list[tuple[str, str, bool]], condition: Condition, fonts: Fonts) -> Iterator[str]:
    """Alternate harmful and harmless texts that the condition can show, as long as there are both."""
    fitting = [
        (text, harmful)
        for text, language, harmful in texts
        if condition.shortest <= len(text) <= condition.longest
        and language in condition.languages
        and fonts.can_show(text, condition)
    ]
    sides = ([text for text, harmful in fitting if harmful is side] for side in (True, False))
    pairs = itertools.chain.from_iterable(itertools.zip_longest(*sides))
    return itertools.islice((text for text in pairs if text is not None), condition.count)


def judged(condition: Condition, texts: Iterator[str], tools: "Tools", until: float) -> Row:
    """Render, read and judge the texts of a condition until they end or time does."""
    row = Row()
    for number, text in enumerate(texts):
        if time.monotonic() > until:
            break
        seen = joined(tools.reader.read(picture(condition.render(text, tools.fonts, number))))
        letters = (_letters(text), _letters(seen))
        alike = SequenceMatcher(None, *letters, autojunk=False).ratio()
        row.add(tools.judge(text), tools.judge(seen), alike)
    return row


def _letters(text: str) -> str:
    return "".join(letter for letter in text.casefold() if letter.isalnum())


@dataclass
class Tools:
    """What every condition uses."""

    reader: TextInPictures
    judge: Judge
    fonts: Fonts


def capitals(texts: list[tuple[str, str, bool]], judge: Judge, count: int) -> tuple[Row, Row]:
    """Judge Latin texts in capitals, and those capitals made small again, against the text as typed."""
    latin = next(condition for condition in CONDITIONS if condition.name == "meme")
    upper, lower = Row(), Row()
    fitting = (text for text, language, _ in texts if language in latin.languages and len(text) <= 200)
    for text in itertools.islice(fitting, count):
        typed = judge(text)
        upper.add(typed, judge(text.upper()), 1.0)
        lower.add(typed, judge(text.upper().lower()), 1.0)
    return upper, lower


def timings(tools: Tools, rounds: int = 9) -> list[str]:
    """Take the processor time of a 1 MP picture without text and with a caption, medians in ms."""
    plain = photograph((1152, 864), 3)
    caption = next(c for c in CONDITIONS if c.name == "meme").render(
        "when the cake is ready at last", tools.fonts, 0, canvas=(1152, 864)
    )
    lines = []
    for name, image in (("without text", plain), ("with a caption of two lines", caption)):
        shown, taken = picture(image), []
        for _ in range(rounds):
            started = time.thread_time()
            tools.reader.read(shown)
            taken.append(1000 * (time.thread_time() - started))
        lines.append(f"| {name} | {sorted(taken)[rounds // 2]:.0f} |")
    return lines


HEAD = """# Text in pictures

Texts of the dev split of the text data, half of them labelled harmful where there are enough, drawn into
pictures, read, and judged by the shipped harm model, against the same text typed. The Latin rows draw on the
same texts in one order. Made by `python -m benchmarks.text_in_pictures`.

"Same verdict": each of the four categories is flagged (severity 2 or more) in both or in neither. "Missed":
typed it is flagged in a category, in the picture it is not; "raised" is the reverse. "Letters" is the median
share of letters read right. Emoji are left out, for the fonts lack them.

| picture | texts | same verdict | same severities | missed | raised | letters |
|---|---|---|---|---|---|---|
"""
CASE = """
## Capitals

The same texts typed in capitals, no picture involved: why a caption in capitals is judged in small letters.

| text | texts | same verdict | same severities | missed | raised | |
|---|---|---|---|---|---|---|
"""
TIMES = """
## Time

Processor time of one thread for a picture of 1152x864, reading only.

| picture | ms |
|---|---|
"""


SHORT = """
## What falls short

- Korean, Cyrillic, Arabic and Devanagari are not read: the recogniser has no letters for them. Where nearly
  all texts of a row are harmless, the verdict is the same because both are nothing: see the column "letters".
- Small, grainy, blurred and compressed at once costs one verdict in eight.
- The Latin rows are drawn texts on plain paper or over painted shapes: photographs of signs, handwriting and
  ornate letters are not among them.
"""


def main() -> None:
    """Run all conditions within the time given and write the tables."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--texts", type=Path, required=True)
    parser.add_argument("--fonts", type=Path, required=True)
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--out", type=Path, default=Path("benchmarks/results/text_in_pictures.md"))
    args = parser.parse_args()
    tools = Tools(TextInPictures(), Judge(), Fonts(args.fonts))
    tools.reader.load()
    texts = dev_texts(args.texts)
    started, rows = time.monotonic(), []
    whole = sum(condition.count for condition in CONDITIONS)
    for done, condition in enumerate(CONDITIONS, start=1):
        share = sum(each.count for each in CONDITIONS[:done]) / whole
        row = judged(
            condition, chosen(texts, condition, tools.fonts), tools, started + 60 * args.minutes * share
        )
        if row.texts:
            rows.append(row.line(condition.title))
            print(rows[-1], flush=True)
    upper, lower = capitals(texts, tools.judge, 300)
    case = [upper.line("capitals"), lower.line("capitals made small, as the reader does")]
    sections = [HEAD + "\n".join(rows), CASE + "\n".join(case), TIMES + "\n".join(timings(tools))]
    args.out.write_text("\n".join(sections) + "\n" + SHORT, encoding="utf-8")


if __name__ == "__main__":
    main()
