"""Adds the linear reader to a harm model, calibrates both together, and learns caution with long texts.

python -m training.harms.finish MODEL_FOLDER --texts FOLDER --cache FOLDER --revision 2
"""

import argparse
import tomllib
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from quell.harms import HarmModel
from quell.harms.fragments import Fragments
from quell.text.normalise import normalise
from training.encoders.folder import write_manifest
from training.harms import fragments, parts
from training.harms.calibrate import Calibration, calibrate
from training.harms.lengthy import cautions, long_texts, steady
from training.harms.network import CATEGORIES, CUTS

TABLE = "fragments.npy"
CLOSE, CLOSE_STRIDE = 40, 20
LONG_EACH, LONG_SEED = 400, 41
NO_CAUTION = [2], np.zeros((1, len(CATEGORIES), 3))

Floats = NDArray[np.float64]


def write(
    folder: Path, revision: str, calibration: Calibration, caution: tuple[list[int], Floats] = NO_CAUTION
) -> HarmModel:
    """Write the manifest anew, with the linear reader among the files, and open the model.

    `caution`: numbers of windows, ascending, and what is taken off log-odds there, (numbers, 4, 3).
    """
    old = tomllib.loads((folder / "manifest.toml").read_text(encoding="utf-8"))
    kept = {key: old["parameters"][key] for key in ("window", "stride", "categories", "cuts")}
    flat = {
        "lean": calibration.lean, "shift": calibration.shift,
        "thresholds": calibration.thresholds, "caution": caution[1],
    }  # fmt: skip
    numbers: dict[str, Any] = {
        key: [round(float(number), 5) for number in values.reshape(-1)] for key, values in flat.items()
    }
    close = {"close": CLOSE, "close_stride": CLOSE_STRIDE, "caution_windows": caution[0]}
    parameters = kept | close | numbers
    top = {"name": old["name"], "revision": revision, "licence": old["licence"]}
    write_manifest(folder, top, old["origin"], parameters, ("model.onnx", TABLE, "tokenizer.json"))
    return HarmModel(folder)


def scored(folder: Path, revision: str, texts: list[str]) -> tuple[Floats, Floats, NDArray[np.bool_]]:
    """Network logits (n, 4, 4) and fragments (n, 4) of texts of one window, and which texts those are."""
    plain = Calibration(
        np.tile([1.0, 0.0], (len(CATEGORIES), 1)),
        np.zeros((len(CATEGORIES), len(CUTS))),
        np.full((len(CATEGORIES), len(CUTS)), 0.5),
    )
    network = write(folder, revision, plain)
    linear = Fragments(folder / TABLE)
    logits, sums, short = [], [], np.zeros(len(texts), bool)
    for n, text in enumerate(texts):
        read = normalise(text[:10_000]).text
        windows, each = network.read(read)
        short[n] = len(windows) == 1
        if short[n]:
            logits.append(each[0])
            sums.append(linear.scores(read))
    return np.stack(logits), np.stack(sums), short


def main() -> None:
    """Train the table unless the cache has it, calibrate, learn caution, write the manifest."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("model", type=Path)
    parser.add_argument("--texts", type=Path, required=True)
    parser.add_argument("--cache", type=Path, required=True)
    parser.add_argument("--revision", required=True)
    arguments = parser.parse_args()
    table = arguments.cache / TABLE
    if not table.exists():
        arguments.cache.mkdir(parents=True, exist_ok=True)
        np.save(table, fragments.trained(parts.training(arguments.texts)))
    np.save(arguments.model / TABLE, np.load(table))
    measured = parts.calibrating(arguments.texts)
    network, linear, short = scored(arguments.model, arguments.revision, measured.texts)
    found = calibrate(network, linear, measured.take(short))
    model = write(arguments.model, arguments.revision, found)
    clear = steady(model, measured, found.thresholds)
    caution = cautions(model, long_texts(clear, LONG_SEED, LONG_EACH), found.thresholds)
    write(arguments.model, arguments.revision, found, caution)
    print(found, caution)


if __name__ == "__main__":
    main()
