"""Measures a shipped encoder and writes its model card: `python -m training.encoders.card NAME`."""

import argparse
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from tokenizers import Tokenizer

from quell.encoders import OnnxTextEncoder
from quell.models import WEIGHTS, Manifest, load_manifest
from training.encoders import bert, e5_small, gte_small, onnx_weights, vocabulary
from training.encoders.packages import unpacked
from training.encoders.sentences import sentences
from training.harms.weights import read

CARDS = Path(__file__).parents[2] / "model-cards"
TWENTY_TOKENS = "please help me to find out why the last card payment that I made this morning was refused"
LOAD = """
import time, onnxruntime, tokenizers, numpy
from pathlib import Path
from quell.encoders import OnnxTextEncoder
def resident():
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 / 1e6
before, start = resident(), time.perf_counter()
encoder = OnnxTextEncoder(Path({folder!r}))
seconds = time.perf_counter() - start
encoder.encode("warm up " * 200)
print(f"{{seconds:.2f}} {{resident() - before:.0f}}")
"""
Encode = Callable[[str], NDArray[np.float32]]
ABOUT = {
    "gte-small": "Reads English. Used for English samples and texts, where it separates topics best.",
    "e5-small": "Reads all languages of the protocol. Used for every sample, and for texts not in English.",
}
LIMITS = {
    "gte-small": "Other languages and emoji are mostly unknown to it; they go to `e5-small`.",
    "e5-small": "Its cosines cluster around .78, so a bare cosine says little: the classifier per incident\n"
    "compares with a background. Of the tokens of held-out texts, 0.3 % (Vietnamese) to 4.7 % (Thai) were\n"
    "pruned, 1.7 % on the mean over 19 languages; those words fall apart into shorter pieces.\n"
    "Short Chinese and Japanese sentences feel it most: mean cosine to the original .986 and .990.",
}


def texts_per_second(encode: Encode) -> float:
    """Measure texts of 20 tokens per second of processor time, on one thread, the best of ten rounds."""
    best = np.inf
    for _ in range(10):
        start = time.process_time()
        for _ in range(50):
            encode(TWENTY_TOKENS)
        best = min(best, time.process_time() - start)
    return 50 / best


def load_cost(folder: Path) -> tuple[str, str]:
    """Measure the seconds to load and the megabytes that memory grows by, in a process of its own."""
    code = LOAD.format(folder=str(folder))
    shown = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    seconds, megabytes = shown.stdout.split()
    return seconds, megabytes


def across_languages(encode: Encode) -> dict[str, float]:
    """Measure how often a sentence's nearest English one is its translation; chance is 1 in 30."""
    vectors = {language: np.array([encode(t) for t in rows]) for language, rows in sentences().items()}
    english = vectors.pop("en")
    right = np.arange(len(english))
    return {language: float(((v @ english.T).argmax(1) == right).mean()) for language, v in vectors.items()}


def original(manifest: Manifest) -> Encode:
    """Run the weights in fp32 with the tokenizer and vocabulary they came with."""
    tokenizer: Tokenizer
    if manifest.name == "gte-small":
        source = unpacked(gte_small.PACKAGE) / gte_small.INSIDE
        weights = onnx_weights.read(source / "onnx" / "model.onnx")
        tokenizer = Tokenizer.from_file(str(manifest.folder / "tokenizer.json"))
    else:
        checkpoint = read(unpacked(e5_small.PACKAGE) / e5_small.INSIDE)
        weights = e5_small.weights_of(checkpoint)
        tokenizer = vocabulary.tokenizer_of(e5_small.whole_vocabulary(checkpoint))
    prefix = [0, *tokenizer.encode("query:").ids] if manifest.name == "e5-small" else [101]
    suffix = [2] if manifest.name == "e5-small" else [102]
    graph = bert.graph_of(weights, exact=True).SerializeToString()
    session = onnxruntime.InferenceSession(graph, providers=["CPUExecutionProvider"])

    def encode(text: str) -> NDArray[np.float32]:
        ids = np.array([*prefix, *tokenizer.encode(text).ids, *suffix], np.int64)
        return np.asarray(session.run(None, {"input_ids": ids})[0])

    return encode


def agreement(encode: Encode, exact: Encode, languages: list[str]) -> tuple[float, float]:
    """Measure the mean and the smallest cosine to the original over the project's sentences."""
    texts = [text for language, rows in sentences().items() if language in languages for text in rows]
    cosines = [float(encode(text) @ exact(text)) for text in texts]
    return float(np.mean(cosines)), float(np.min(cosines))


def card(name: str) -> str:
    """Measure the encoder and write the card's text."""
    folder = WEIGHTS / name
    manifest = load_manifest(folder)
    encoder = OnnxTextEncoder(folder)
    seconds, megabytes = load_cost(folder)
    mean, least = agreement(encoder.encode, original(manifest), list(encoder.languages))
    found = across_languages(encoder.encode)
    size = sum(file.size for file in manifest.files) / 1e6
    origin = manifest.origin
    return f"""# {name}

{ABOUT[name]}

| | |
|---|---|
| weights | {origin["weights"]}, {manifest.licence} (see `LICENCE` beside the model) |
| taken from | `{origin["package"]}`, `{origin["file"]}`, SHA-256 `{origin["file_sha256"]}` |
| recipe | `python -m training.encoders.{name.replace("-", "_")}` |
| revision | {manifest.revision} |
| vector | {encoder.dim} numbers, unit norm, mean of the tokens |
| window | {manifest.parameters["window"]} tokens, a new one every {manifest.parameters["stride"]} |
| languages | {" ".join(encoder.languages)} |
| size | {size:.0f} MB |

## Measured

Two shared x86-64 cores, one thread, CPU time; compare the ratios, not the absolute numbers.

| | |
|---|---|
| texts of 20 tokens per second | {texts_per_second(encoder.encode):.0f} |
| loading, with its SHA-256 check | {seconds} s |
| memory added | {megabytes} MB |
| cosine to the original in fp32, mean and least | {mean:.4f} and {least:.4f} |

How often the nearest of 30 English sentences is the translation:
{", ".join(f"{language} {share:.2f}" for language, share in found.items())}.

## Limits

{LIMITS[name]}
"""


def main() -> None:
    """Write the card of one encoder."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name", choices=sorted(ABOUT))
    name = parser.parse_args().name
    path = CARDS / name / "CARD.md"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(card(name), encoding="utf-8")
    print(path)


if __name__ == "__main__":
    main()
