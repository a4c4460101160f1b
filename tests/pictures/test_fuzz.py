"""Broken files of every format: a picture or a refusal, never anything else, and nothing is left behind."""

import sys
from pathlib import Path

import pytest

from quell.errors import InvalidRequestBody
from quell.pictures.decoder import PictureDecoder
from quell.pictures.domain import FORMATS, Limits
from tests.pictures.files import mutated, variants

pytestmark = pytest.mark.filterwarnings("ignore")  # Pillow warns of broken metadata; children ignore it too
LIMITS = Limits(max_side=1_000)


def _fuzz(decoder: PictureDecoder, kind: str, seeds: range) -> tuple[int, int]:
    """Return how many files were decoded and how many were refused."""
    files, decoded, refused = variants()[kind], 0, 0
    for seed in seeds:
        try:
            picture = decoder.decode(mutated(files[seed % len(files)], seed), "image.content")
        except InvalidRequestBody as error:
            refused += error.target == "image.content"
        else:
            decoded += all(view.ndim == 3 for frame in picture.frames for view in frame.views)
    assert decoded + refused == len(seeds)
    return decoded, refused


def _started(decoder: PictureDecoder, kind: str) -> set[int]:
    decoder.decode(variants()[kind][0], "image.content")
    return set(decoder.children)


def _fuzz_children(kind: str, seeds: range) -> None:
    files = len(list(Path("/proc/self/fd").iterdir()))
    decoder = PictureDecoder(LIMITS, 1, seconds=10.0)
    started = _started(decoder, kind)
    decoded, refused = _fuzz(decoder, kind, seeds)
    started |= set(decoder.children)
    decoder.close()

    assert decoded
    assert refused
    assert decoder.children == []
    assert len(list(Path("/proc/self/fd").iterdir())) == files
    assert not any(Path(f"/proc/{pid}").exists() for pid in started)


@pytest.mark.parametrize("kind", FORMATS)
def test_broken_files_are_decoded_or_refused_here(kind: str) -> None:
    """Changed bytes in headers and bodies: decoded or a 400, whatever they do to the decoder."""
    decoded, refused = _fuzz(PictureDecoder(LIMITS, 0), kind, range(200))

    assert decoded
    assert refused


@pytest.mark.skipif(sys.platform != "linux", reason="/proc is read")
@pytest.mark.parametrize("kind", FORMATS)
def test_broken_files_are_decoded_or_refused_in_children(kind: str) -> None:
    """The same through the pipes, and afterwards no process and no file is left."""
    _fuzz_children(kind, range(1_000, 1_060))


@pytest.mark.nightly
@pytest.mark.skipif(sys.platform != "linux", reason="/proc is read")
@pytest.mark.parametrize("kind", FORMATS)
def test_many_broken_files(kind: str) -> None:
    """The long form."""
    _fuzz_children(kind, range(10_000, 20_000))
