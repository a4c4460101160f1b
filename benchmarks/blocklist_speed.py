"""What blocklists cost in CPU time: to build a list, and per 10,000 characters with 0 and 10,000 terms.

    python -m benchmarks.blocklist_speed

9,000 terms are Latin, of one to three words, 1,000 are Chinese; the words of terms and texts come from one
vocabulary, so that hundreds of terms occur in most texts; in "few hits" every tenth word is theirs.
Rounds are interleaved; the median of each cell is printed.
Normalisation is not counted: text:analyze does it once for everything that reads the text.
"""

import functools
import random
import statistics
import time
from collections.abc import Callable

from quell.blocklists.compiled import CompiledList
from quell.blocklists.domain import Item, TermList
from quell.blocklists.views import Views
from quell.text.normalise import normalise

LENGTH = 10_000
ROUNDS = 60
PATTERNS = 100


def latin_words(chance: random.Random, count: int) -> list[str]:
    """Return words of two to four syllables."""
    syllables = [consonant + vowel for consonant in "bcdfglmnprstv" for vowel in "aeiou"]
    return ["".join(chance.choices(syllables, k=chance.randint(2, 4))) for _ in range(count)]


def terms(chance: random.Random, words: list[str]) -> list[str]:
    """Return 10,000 different terms."""
    found = {" ".join(chance.choices(words, k=chance.randint(1, 3))) for _ in range(12_000)}
    chinese = {"".join(chr(chance.randint(0x4E00, 0x9FA5)) for _ in range(2)) for _ in range(1_200)}
    return [*sorted(found)[:9_000], *sorted(chinese)[:1_000]]


def texts(chance: random.Random, words: list[str], listed: list[str]) -> dict[str, str]:
    """Return texts of one length: plain, with accents, Chinese, and with tricks in every tenth word."""
    plain = " ".join(chance.choices(words, k=2_500))
    rare = " ".join(word if number % 10 == 0 else f"x{word}" for number, word in enumerate(plain.split()))
    tricked = " ".join(
        word[:1] + "\u200b" + word[1:] if number % 10 == 0 else word
        for number, word in enumerate(plain.split())
    )
    chinese = "".join(chr(chance.randint(0x4E00, 0x9FA5)) for _ in range(LENGTH - 200))
    return {
        "few hits": rare[:LENGTH],
        "Latin": plain[:LENGTH],
        "Latin, accents": plain.replace("a", "á")[:LENGTH],
        "Chinese": ("".join(listed[-100:]) + chinese)[:LENGTH],
        "tricks": tricked[:LENGTH],
    }


def compiled(items: list[Item]) -> CompiledList:
    """Return a list made ready to be asked."""
    return CompiledList(TermList("id", "list", None, (), 0, 0, 0, len(items)), items)


def milliseconds(call: Callable[[], object]) -> float:
    """Return how much CPU time a call takes on its thread: other jobs on the machine do not count."""
    start = time.thread_time()
    call()
    return (time.thread_time() - start) * 1000


def main() -> None:
    """Measure and print."""
    chance = random.Random(3)
    words = latin_words(chance, 4_000)
    listed = terms(chance, words)
    items = [Item(str(number), term) for number, term in enumerate(listed)]
    patterns = [
        Item(str(number), rf"{words[number]}\w+ \d{{3}}", is_regex=True) for number in range(PATTERNS)
    ]
    build = statistics.median(milliseconds(lambda: compiled(items)) for _ in range(5))
    print(f"build: {build:.0f} ms for {len(items):,} terms")
    lists = {
        "0 terms": compiled([]),
        f"{len(items):,} terms": compiled(items),
        f"{PATTERNS} patterns": compiled(patterns),
    }
    print(f"\nmilliseconds per {LENGTH:,} characters (hits)")
    for name, text in texts(chance, words, listed).items():
        normalised = normalise(text)
        times: dict[str, list[float]] = {label: [] for label in lists}
        hits: dict[str, int] = {}
        for _ in range(ROUNDS):
            for label, one in lists.items():
                views = Views(text, normalised)
                places = functools.partial(one.first_places, views)
                times[label].append(milliseconds(places))
        for label, one in lists.items():
            hits[label] = len(one.first_places(Views(text, normalised)))
        scale = LENGTH / len(text)
        cells = [f"{label} {statistics.median(times[label]) * scale:.3f} ({hits[label]})" for label in lists]
        print(f"{name + ':':16}", "   ".join(cells))


if __name__ == "__main__":
    main()
