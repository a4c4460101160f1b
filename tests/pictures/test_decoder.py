"""Children that decode: crashes stay theirs, time and memory are bounded, and none outlives its server."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from quell.errors import InvalidRequestBody, ServerBusy
from quell.pictures.decoder import PictureDecoder, memory_for
from quell.pictures.domain import Limits
from tests.pictures.files import file_of, marked, noise

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="/proc is read")
FIELD = "image.content"


def _gone(pid: int, within: float = 10.0) -> bool:
    until = time.monotonic() + within
    while time.monotonic() < until:
        try:
            if Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()[0] == "Z":
                return True
        except OSError:
            return True
        time.sleep(0.02)
    return False


@pytest.fixture
def doomed() -> Iterator[PictureDecoder]:
    """Return a decoder with one child, which has accidents when a file tells it to."""
    decoder = PictureDecoder(Limits(), 1, seconds=2.0, module="tests.pictures.doomed_child")
    yield decoder
    decoder.close()


@pytest.mark.parametrize("word", ["crash", "exit", "bloat", "huge", "sleep"])
def test_an_accident_is_a_refusal_and_the_next_picture_works(doomed: PictureDecoder, word: str) -> None:
    """A segmentation fault, an end, too much memory, nonsense, a hang: 400 with the field, then business."""
    before = doomed.decode(marked("fine"), FIELD)

    with pytest.raises(InvalidRequestBody) as refused:
        doomed.decode(marked(word), FIELD)

    assert (refused.value.status, refused.value.target) == (400, FIELD)
    assert doomed.decode(marked("fine"), FIELD).width == before.width


@pytest.mark.parametrize(
    ("word", "reason"),
    [
        ("crash", "The image is broken: decoding it failed."),
        ("bloat", "The image takes too much memory to decode its PNG data."),
        ("sleep", "The image takes too long to decode: at most 2 seconds are given."),
    ],
)
def test_the_refusal_names_the_accident(doomed: PictureDecoder, word: str, reason: str) -> None:
    """What happened to the child is what the client is told."""
    with pytest.raises(InvalidRequestBody) as refused:
        doomed.decode(marked(word), FIELD)

    assert refused.value.message == reason


def test_what_a_library_prints_is_not_taken_for_pixels(doomed: PictureDecoder) -> None:
    """The standard output of a child is not the pipe to the server."""
    assert doomed.decode(marked("print"), FIELD).frames[0].on_white.mean() == 0


def test_a_child_that_was_killed_while_idle_costs_no_picture(doomed: PictureDecoder) -> None:
    """The next picture gets a new child."""
    doomed.decode(marked("fine"), FIELD)
    (pid,) = doomed.children
    os.kill(pid, signal.SIGKILL)
    assert _gone(pid)

    assert doomed.decode(marked("fine"), FIELD).width == 60
    assert doomed.children != [pid]


def test_signals_to_the_group_do_not_end_a_child(doomed: PictureDecoder) -> None:
    """A service manager signals every process; the server still has pictures to finish."""
    doomed.decode(marked("fine"), FIELD)
    (pid,) = doomed.children

    os.kill(pid, signal.SIGTERM)
    os.kill(pid, signal.SIGINT)

    assert doomed.decode(marked("fine"), FIELD).width == 60
    assert doomed.children == [pid]


def test_memory_is_bounded() -> None:
    """A picture within the limits that needs more than a child has is refused, and the child lives on."""
    decoder = PictureDecoder(Limits(), 1, memory=150 * 1024 * 1024)
    with pytest.raises(InvalidRequestBody, match="too much memory"):
        decoder.decode(file_of(Image.new("RGB", (7_000, 7_000))), FIELD)
    pids = decoder.children

    assert decoder.decode(marked("fine"), FIELD).width == 60
    assert decoder.children == pids
    decoder.close()


@pytest.mark.parametrize("kind", ["WEBP", "PNG"])
def test_the_largest_picture_has_enough_memory(kind: str) -> None:
    """What the limits allow can be decoded with the memory that is given for them."""
    limits = Limits(max_side=2_000)
    decoder = PictureDecoder(limits, 1, memory=memory_for(limits) - 128 * 1024 * 1024)
    stills = [Image.new("RGBA", (2_000, 2_000), shade) for shade in ("red", "#0000", "blue")]
    data = file_of(stills[0], kind, save_all=True, append_images=stills[1:])

    assert len(decoder.decode(data, FIELD).frames) == 3
    decoder.close()


def test_no_child_is_started_before_a_picture_comes() -> None:
    """A server that sees no picture pays nothing."""
    decoder = PictureDecoder(Limits(), 2)

    assert decoder.children == []
    decoder.close()


def test_closing_leaves_no_child_and_no_file() -> None:
    """After closing, processes and pipes are gone, and later pictures are told that the server stops."""
    files = len(list(Path("/proc/self/fd").iterdir()))
    decoder = PictureDecoder(Limits(), 2)
    threads = [threading.Thread(target=decoder.decode, args=(marked("fine"), FIELD)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    pids = decoder.children

    decoder.close()

    assert pids
    assert all(_gone(pid, within=0.1) for pid in pids)
    assert len(list(Path("/proc/self/fd").iterdir())) == files
    with pytest.raises(ServerBusy):
        decoder.decode(marked("fine"), FIELD)


def test_many_threads_share_few_children() -> None:
    """Each thread gets the pixels of its own picture."""
    decoder = PictureDecoder(Limits(), 2)
    shades = list(range(0, 240, 20))
    found: dict[int, int] = {}

    def one(shade: int) -> None:
        picture = decoder.decode(file_of(Image.new("L", (600, 500), shade)), FIELD)
        found[shade] = int(picture.frames[0].on_white.mean())

    threads = [threading.Thread(target=one, args=(shade,)) for shade in shades]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    count = len(decoder.children)
    decoder.close()

    assert found == {shade: shade for shade in shades}
    assert 1 <= count <= 2


def test_without_a_child_nothing_is_decoded() -> None:
    """Where no process can be started, the server is busy; it does not decode without protection."""
    decoder = PictureDecoder(Limits(), 1, module="quell.pictures.missing")

    with pytest.raises(ServerBusy, match="No process"):
        decoder.decode(file_of(noise()), FIELD)
    decoder.close()


def test_a_child_sees_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    """The keys of the server are not in the environment of what decodes strangers' files."""
    monkeypatch.setenv("QUELL_KEYS", "a-secret-key")
    decoder = PictureDecoder(Limits(), 1)
    decoder.decode(marked("fine"), FIELD)
    (pid,) = decoder.children

    seen = Path(f"/proc/{pid}/environ").read_bytes()
    decoder.close()

    assert b"PYTHONPATH" in seen
    assert b"secret" not in seen


def test_no_child_outlives_a_killed_server() -> None:
    """After kill -9 of the process that asks, its child ends by itself."""
    program = (
        "import sys, time; from quell.pictures.decoder import PictureDecoder;"
        "from quell.pictures.domain import Limits; from tests.pictures.files import marked;"
        "d = PictureDecoder(Limits()); d.decode(marked('x'), 'f');"
        "print(*d.children, flush=True); time.sleep(60)"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, env=environment) as server:
        assert server.stdout is not None
        pid = int(server.stdout.readline())
        server.kill()

    assert _gone(pid)
