"""What reading the text of a picture must do."""

import itertools
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from PIL import Image

from quell.ocr import ReadingLimits, TextInPictures, TextLine
from tests.ocr.drawing import Drawn, DrawnFrame, drawn, picture

TRAIN = "The train to the coast\nleaves at half past nine"
READ = ["The train to the coast", "leaves at half past nine"]


def _texts(lines: tuple[TextLine, ...]) -> list[str]:
    return [line.text for line in lines]


@pytest.mark.parametrize("angle", [0, 7, -12, 45, 90, 180, 270])
def test_turned_text_is_read_in_its_own_direction(reader: TextInPictures, angle: float) -> None:
    """A picture on its side or its head reads from its first line to its last."""
    turned = picture(drawn((TRAIN, (40, 40)), angle=angle))

    assert _texts(reader.read(turned)) == READ


@pytest.mark.parametrize(("ink", "paper"), [("white", "black"), ("yellow", "navy"), ("black", "orange")])
def test_ink_and_paper_may_have_any_colours(reader: TextInPictures, ink: str, paper: str) -> None:
    """Light on dark reads like dark on light."""
    assert _texts(reader.read(picture(drawn((TRAIN, (40, 40)), ink=ink, paper=paper)))) == READ


def test_a_picture_without_text_gives_no_lines(reader: TextInPictures) -> None:
    """Plain paper, and noise, hold no lines."""
    noise = np.random.default_rng(5).integers(0, 255, (240, 320, 3), np.uint8)

    assert reader.read(picture(drawn())) == ()
    assert reader.read(picture(Image.fromarray(noise))) == ()


def test_a_box_is_in_pixels_of_the_picture_as_shown(reader: TextInPictures) -> None:
    """A frame is smaller than its picture: boxes are given at the picture's size."""
    frame = picture(drawn(("Harbour", (320, 160))))
    shown = Drawn(1280, 640, frame.frames)

    (line,) = reader.read(shown)

    assert all(600 <= x <= 1000 and 300 <= y <= 420 for x, y in line.box)
    assert 0.9 < line.confidence <= 1


def test_the_box_of_an_upside_down_line_starts_where_its_text_starts(reader: TextInPictures) -> None:
    """The first corner is the lower right one of a line that stands on its head."""
    (line,) = reader.read(picture(drawn(("A quiet harbour", (40, 40)), angle=180)))

    assert line.box[0] == max(line.box, key=lambda corner: corner[0] + corner[1])


def test_text_that_only_shows_on_black_is_read(reader: TextInPictures) -> None:
    """White letters on nothing are seen on the second view; those on both views come once."""
    both = drawn(("Fresh bread", (40, 40)))
    on_white = np.asarray(both, np.uint8)
    on_black = on_white.copy()
    on_black[160:] = np.asarray(drawn(("only at night", (40, 180)), ink="white", paper="black"))[160:]
    shown = Drawn(640, 320, (DrawnFrame((on_white, on_black)),))

    assert _texts(reader.read(shown)) == ["Fresh bread", "only at night"]


def test_a_view_cannot_hide_what_another_says(reader: TextInPictures) -> None:
    """Two different texts in one place are both given."""
    on_white = np.asarray(drawn(("Fresh bread", (40, 40))), np.uint8)
    on_black = np.asarray(drawn(("Night ferry", (40, 40))), np.uint8)

    lines = reader.read(Drawn(640, 320, (DrawnFrame((on_white, on_black)),)))

    assert sorted(_texts(lines)) == ["Fresh bread", "Night ferry"]


def test_later_frames_add_what_they_say_anew(reader: TextInPictures) -> None:
    """A line that stays through an animation is given once, with its first frame."""
    first = drawn(("Fresh bread", (40, 40)))
    second = drawn(("Fresh bread", (40, 40)), ("every morning", (40, 160)))

    lines = reader.read(picture(first, first, second))

    assert [(line.text, line.frame) for line in lines] == [("Fresh bread", 0), ("every morning", 2)]


def test_a_slow_picture_is_read_to_its_first_frame_at_least() -> None:
    """Time that runs out stops further frames and never the first one."""
    hours = itertools.count(0, 3600)
    slow = TextInPictures(clock=lambda: float(next(hours)))

    lines = slow.read(picture(drawn(("Fresh bread", (40, 40))), drawn(("every morning", (40, 40)))))

    assert _texts(lines) == ["Fresh bread"]


def test_what_is_read_is_bounded() -> None:
    """No frame gives more lines or letters than the limits say; the tallest lines come first."""
    crowded = drawn(("small print\nand more of it\nand so on", (40, 140)), ("HEADLINE", (40, 20)), size=24)
    big = drawn(("Headline", (40, 20)), size=72)
    crowded.paste(big.crop((0, 0, 640, 120)), (0, 0))

    one_line = TextInPictures(ReadingLimits(lines=1)).read(picture(crowded))
    ten_letters = TextInPictures(ReadingLimits(characters=10)).read(picture(crowded))

    assert _texts(one_line) == ["Headline"]
    assert "".join(_texts(ten_letters)) == "Headlinesm"


@pytest.mark.parametrize("canvas", [(1280, 50), (50, 1280), (50, 50), (1280, 9), (1, 1)])
def test_pictures_of_any_shape_are_read(reader: TextInPictures, canvas: tuple[int, int]) -> None:
    """The thinnest and smallest pictures are no trouble."""
    assert reader.read(picture(drawn(canvas=canvas))) == ()


def test_a_strip_of_text_is_read(reader: TextInPictures) -> None:
    """A caption that fills its picture from edge to edge is still seen."""
    strip = drawn(("The train to the coast leaves at half past nine", (6, 8)), size=30, canvas=(720, 52))

    assert " ".join(_texts(reader.read(picture(strip)))) == "The train to the coast leaves at half past nine"


def test_many_threads_read_what_one_reads(reader: TextInPictures) -> None:
    """A line's text does not depend on what is read beside it."""
    pictures = [picture(drawn((f"Platform {number} to the coast", (40, 40)))) for number in range(6)]
    alone = [reader.read(each) for each in pictures]

    with ThreadPoolExecutor(3) as threads:
        together = list(threads.map(reader.read, pictures))

    assert together == alone


def test_the_carrier_of_the_networks_is_never_run(reader: TextInPictures) -> None:
    """Its code would log and download: reading must not import it."""
    reader.read(picture(drawn((TRAIN, (40, 40)))))

    assert "rapidocr" not in sys.modules
