"""The network that the next run starts from: whole, and of the vocabulary that is shipped."""

from pathlib import Path

from quell.models.manifest import load_manifest, verify

ROOT = Path(__file__).parents[2]


def test_what_is_kept_is_whole_and_reads_the_same_pieces_as_the_shipped_model() -> None:
    """Averages with the shipped network make sense for one vocabulary only."""
    kept = verify(ROOT / "training/harms/kept")
    shipped = load_manifest(ROOT / "src/quell/models/weights/harms-e5")

    pieces = [{f.path: f.sha256 for f in one.files}["tokenizer.json"] for one in (kept, shipped)]

    assert pieces[0] == pieces[1]
