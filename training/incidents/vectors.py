"""Reads texts with a shipped encoder and remembers the vectors in one SQLite file."""

import hashlib
import sqlite3
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from quell.encoders.onnx import OnnxTextEncoder
from quell.models import WEIGHTS
from quell.text.normalise import normalise


class CachedEncoder:
    """An encoder whose answers are kept under `cache`, by the hash of its files and of the text."""

    def __init__(self, name: str, cache: Path) -> None:
        self.encoder = OnnxTextEncoder(WEIGHTS / name)
        self.name, self.revision = name, self.encoder.revision
        manifest = (WEIGHTS / name / "manifest.toml").read_bytes()
        cache.mkdir(parents=True, exist_ok=True)
        self._kept = sqlite3.connect(cache / f"{name}-{hashlib.sha256(manifest).hexdigest()[:12]}.db")
        self._kept.execute("CREATE TABLE IF NOT EXISTS kept (text BLOB PRIMARY KEY, windows BLOB)")

    def windows(self, text: str) -> NDArray[np.float32]:
        """Return the vectors of the text's windows, shape (windows, dim)."""
        key = hashlib.sha256(text.encode("utf-8", "replace")).digest()
        row = self._kept.execute("SELECT windows FROM kept WHERE text = ?", (key,)).fetchone()
        if row is None:
            vectors = self.encoder.encode_windows(normalise(text).text)[1]
            self._kept.execute("INSERT OR REPLACE INTO kept VALUES (?, ?)", (key, vectors.tobytes()))
            return vectors
        return np.frombuffer(row[0], np.float32).reshape(-1, self.encoder.dim)

    def all_windows(self, texts: Iterable[str]) -> list[NDArray[np.float32]]:
        """Return the windows of each text."""
        found = [self.windows(text) for text in texts]
        self._kept.commit()
        return found

    def whole(self, texts: Iterable[str]) -> NDArray[np.float32]:
        """Return one unit vector a text, shape (texts, dim): the mean of its windows, as samples are read."""
        means = np.stack([windows.mean(axis=0) for windows in self.all_windows(texts)])
        return means / np.linalg.norm(means, axis=1, keepdims=True)
