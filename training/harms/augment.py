"""Changes a text the way people do, by accident or to slip past a filter."""

import random
from collections.abc import Callable

LEET = str.maketrans({"a": "4", "e": "3", "i": "1", "o": "0", "s": "5", "t": "7"})
LOOKALIKES = str.maketrans({"a": "а", "e": "е", "o": "о", "p": "р", "c": "с", "x": "х", "i": "і", "y": "у"})
EMOJI = ("😀", "🔥", "😡", "❤️", "🙏", "😂", "💀", "🎉", "👍", "🤔")
Change = Callable[[random.Random, str], str]


def case(rng: random.Random, text: str) -> str:
    """All lower, all upper or title case."""
    return rng.choice((str.lower, str.lower, str.upper, str.title))(text)


def typos(rng: random.Random, text: str) -> str:
    """One slip in about twelve characters: swapped, dropped or doubled."""
    letters = list(text)
    for _ in range(max(1, len(letters) // 12)):
        if len(letters) < 4:
            break
        at = rng.randrange(1, len(letters) - 1)
        kind = rng.randrange(3)
        if kind == 0:
            letters[at], letters[at + 1] = letters[at + 1], letters[at]
        elif kind == 1:
            del letters[at]
        else:
            letters.insert(at, letters[at])
    return "".join(letters)


KEYS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
BESIDE = {key: row[max(0, n - 1) : n] + row[n + 1 : n + 2] for row in KEYS for n, key in enumerate(row)}


def hurried(rng: random.Random, text: str) -> str:
    """More slips than `typos`, one in about eight letters, and keys that lie beside the one meant."""
    letters = list(text)
    for _ in range(max(1, len(letters) // 16)):
        at = rng.randrange(len(letters) or 1)
        if letters and (beside := BESIDE.get(letters[at].lower())):
            letters[at] = rng.choice(beside)
    return typos(rng, typos(rng, "".join(letters)) if rng.random() < 0.3 else "".join(letters))


def _words(rng: random.Random, text: str, share: float, change: Callable[[str], str]) -> str:
    return " ".join(change(w) if len(w) > 3 and rng.random() < share else w for w in text.split(" "))


def leet(rng: random.Random, text: str) -> str:
    """Digits for letters in half of the words."""
    return _words(rng, text, 0.5, lambda word: word.translate(LEET))


def spaced(rng: random.Random, text: str) -> str:
    """Letters pulled apart in a third of the words."""
    return _words(rng, text, 0.34, lambda word: rng.choice((" ", ".", "-")).join(word))


def zero_width(rng: random.Random, text: str) -> str:
    """Invisible characters inside half of the words."""
    return _words(rng, text, 0.5, lambda word: word[:2] + "\u200b" + word[2:])


def lookalikes(rng: random.Random, text: str) -> str:
    """Cyrillic twins of Latin letters in half of the words."""
    return _words(rng, text, 0.5, lambda word: word.translate(LOOKALIKES))


def emoji(rng: random.Random, text: str) -> str:
    """One to three pictures at an end or between words."""
    words = text.split(" ")
    for _ in range(rng.randint(1, 3)):
        words.insert(rng.choice((0, len(words), rng.randint(0, len(words)))), rng.choice(EMOJI))
    return " ".join(words)


def stretched(rng: random.Random, text: str) -> str:
    """Repeated punctuation, or a vowel held long."""
    if rng.random() < 0.5:
        return text.rstrip(".!? ") + rng.choice(("!!!", "...", "??", "!?", ""))
    return _words(rng, text, 0.2, lambda word: "".join(c * 3 if c in "aeiou" else c for c in word))


COMMON: tuple[Change, ...] = (case, case, typos, typos, typos, hurried, hurried, hurried, emoji, stretched)
OBFUSCATIONS: dict[str, Change] = {
    "leet": leet, "spacing": spaced, "zero-width": zero_width, "look-alikes": lookalikes,
    "emoji": emoji, "typos": typos,
}  # fmt: skip


def augment(rng: random.Random, text: str) -> str:
    """Give the text one change, or two now and then; obfuscations are rarer than slips."""
    for _ in range(1 if rng.random() < 0.8 else 2):
        pool = COMMON if rng.random() < 0.65 else tuple(OBFUSCATIONS.values())
        text = rng.choice(pool)(rng, text)
    return text
