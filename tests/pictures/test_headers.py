"""Headers: the sides of every frame, the number of frames, the end, and walks that end."""

import io

import pytest
from PIL import Image

from quell.pictures.headers import MAX_PARTS, Broken, Header, read_header
from tests.pictures.files import file_of, gif_of, noise, png_of, tiff_of, variants, webp_of


def _header(data: bytes) -> Header:
    found = read_header(data)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("kind", "place"), [(k, n) for k, files in variants().items() for n in range(len(files))]
)
def test_a_header_says_what_the_decoder_says(kind: str, place: int) -> None:
    """Format, sides and frames are those that a full decoder finds."""
    data = variants()[kind][place]

    found = _header(data)

    with Image.open(io.BytesIO(data)) as opened:
        assert (found.format, found.width, found.height) == (kind, *opened.size)
        assert found.frames == getattr(opened, "n_frames", 1)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "BMP", "WEBP"])
def test_the_end_of_a_picture_is_found(kind: str) -> None:
    """What follows a file is not taken for a part of it."""
    for data in variants()[kind]:
        assert _header(data + bytes(100)).end == len(data)


def test_the_largest_frame_counts() -> None:
    """A later frame or page, and a tile, can be larger than the first picture."""
    frames = _header(gif_of(2, frame=(300, 200)))
    pages = _header(tiff_of((60, 50), (90, 400)))
    tiles = _header(tiff_of((60, 50), tile=512))

    assert frames.largest == (300, 200)
    assert ((pages.width, pages.height), pages.largest, pages.frames) == ((60, 50), (90, 400), 2)
    assert tiles.largest == (512, 512)


@pytest.mark.parametrize(
    "data",
    [
        gif_of(MAX_PARTS // 2 + 1),
        png_of(60, 50, *[(b"tEXt", b"")] * MAX_PARTS),
        b"\xff\xd8" + b"\xff\xfe\x00\x02" * (MAX_PARTS + 1),
        webp_of(60, 50)[:4] + b"\xff\xff\xff\x00" + webp_of(60, 50)[8:] + (b"JUNK" + bytes(4)) * MAX_PARTS,
        tiff_of(*[(60, 50)] * (MAX_PARTS + 1)),
    ],
    ids=["GIF", "PNG", "JPEG", "WEBP", "TIFF"],
)
def test_a_walk_has_an_end(data: bytes) -> None:
    """A file of too many parts is refused rather than read through."""
    with pytest.raises(Broken, match="too many parts"):
        read_header(data)


def test_a_jpeg_of_many_scans_is_refused() -> None:
    """Each scan goes over all pixels again, so that a few kilobytes could take minutes."""
    data = file_of(noise(), "JPEG", progressive=True)
    at = data.rindex(b"\xff\xda")
    scan = data[at:-2]

    assert _header(data).frames == 1
    with pytest.raises(Broken, match="too many scans"):
        read_header(data[:at] + scan * 65 + data[-2:])


def test_pages_in_a_circle_are_counted_once() -> None:
    """A page that names an earlier page as the next ends the walk."""
    data = bytearray(tiff_of((60, 50), (60, 50)))
    data[-4:] = (8).to_bytes(4, "little")

    assert _header(bytes(data)).frames == 2


@pytest.mark.parametrize("kind", variants())
def test_every_beginning_of_a_file_is_read_or_refused(kind: str) -> None:
    """Wherever a file is cut, reading its header gives a header or says why not."""
    data = file_of(noise(8), kind)

    for length in range(len(data)):
        try:
            found = read_header(data[:length])
        except Broken:
            continue
        assert found is None or found.format == kind
