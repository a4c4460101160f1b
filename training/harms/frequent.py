"""Counts the words by which slips are undone: writes checksums of them, src/quell/text/tables/frequent.crc.

python -m training.harms.frequent --texts FOLDER --out src/quell/text/tables/frequent.crc
"""

import argparse
import re
from collections import Counter, defaultdict
from importlib.resources import files
from pathlib import Path
from zlib import crc32

import numpy as np
import pandas as pd

ROWS, SOURCES = 12, 3
LONGEST = 16
READ = 3000


def listed() -> frozenset[str]:
    """Give the common words the package has already."""
    lines = files("quell.text").joinpath("tables/words.txt").read_text("ascii").splitlines()
    return frozenset(line for line in lines if not line.startswith("#"))


def frequent(folder: Path) -> list[str]:
    """Order words by how many English training rows use them; the dev split is not looked at."""
    frame = pd.read_parquet(folder / "moderation.parquet", columns=["text", "lang", "split", "source"])
    frame = frame[(frame["split"] == "train") & (frame["lang"] == "en")]
    counts: Counter[str] = Counter()
    sources: defaultdict[str, set[str]] = defaultdict(set)
    for text, source in zip(frame["text"], frame["source"], strict=True):
        for word in set(re.findall("[a-z]+", re.sub("['’]", " ", text[:READ].lower()))):
            counts[word] += 1
            sources[word].add(source)
    common = listed()
    kept = [
        word
        for word in counts
        if 2 <= len(word) <= LONGEST
        and (word in common or (len(word) > 2 and counts[word] >= ROWS and len(sources[word]) >= SOURCES))
    ]
    return sorted(kept, key=lambda word: (-counts[word], word))


def main() -> None:
    """Count, then write a checksum a word, the most frequent first."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--texts", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    checks = [crc32(word.encode()) for word in frequent(arguments.texts)]
    arguments.out.write_bytes(np.array(checks, "<u4").tobytes())


if __name__ == "__main__":
    main()
