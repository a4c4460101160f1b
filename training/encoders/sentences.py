"""Thirty plain sentences in eight languages, to calibrate quantisation and to compare languages."""

import csv
from pathlib import Path


def sentences() -> dict[str, list[str]]:
    """Read the sentences by language; the same position is the same sentence in every language."""
    with Path(__file__).with_name("sentences.tsv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    return {language: [row[language] for row in rows] for language in rows[0]}
