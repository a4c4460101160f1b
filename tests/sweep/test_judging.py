"""What is asked of rows: the models that ship, texts and pictures."""

from pathlib import Path
from types import SimpleNamespace
from typing import cast

import numpy as np
import pytest
from PIL import Image

from quell.app import load_encoders, new_id, now
from quell.copies import CopyReader
from quell.errors import InternalError, QuellError, ServerBusy, TextRefused, TooManyRequests
from quell.incidents.assembly import Surroundings, assemble_images, assemble_texts
from quell.incidents.domain import IncidentChange, Limits
from quell.operations.store import OperationStore
from quell.pictures.decoder import PictureDecoder
from quell.pictures.domain import Limits as PictureLimits
from quell.reviewers.desk import Seated
from quell.sweep.domain import Item, Question
from quell.sweep.judging import RowJudge, TextServices
from tests.copies.doubles import scene
from tests.pictures.files import file_of
from tests.sweep.bench import Bench, write_jsonl


def test_incidents_and_categories_are_those_of_requests(bench: Bench) -> None:
    """With the sample that decided, and with severities; an allow-list lifts in a sweep, too."""
    encoders = load_encoders()
    around = Surroundings(bench.database, OperationStore(), new_id, now, Limits(), require_deploy=False)
    texts = assemble_texts(around, encoders, {})
    texts.service.put("coins", IncidentChange())
    texts.service.add_samples("coins", [texts.reader.sample("send two coins and get four coins back")])
    rows = [
        ("1", "please SEND two coins, and get four coins back!!!"),
        ("2", "the weather is lovely today"),
        ("3", "I will kill you and your whole family"),
    ]
    source = write_jsonl(bench.path / "posts.jsonl", rows)
    question = Question(incidents=("coins",), categories=("Hate", "Violence"))

    summary = bench.sweep(source, question=question)

    found = {(one["id"], one["kind"], one["name"]) for one in bench.results()}
    assert ("1", "incident", "coins") in found
    assert ("3", "category", "Violence") in found
    assert not any(name == "2" for name, _, _ in found)
    (hit,) = [one for one in bench.results() if one["kind"] == "incident"]
    assert hit["why"] == "send two coins and get four coins back"
    assert set(summary["models"]) == {"gte-small", "e5-small", "harms-e5"}


def test_a_text_that_a_model_refuses_is_a_bad_row_and_a_model_that_fails_is_not() -> None:
    """Its own filter or its length is the text's; a wrong key or a full queue would be every row's."""
    raised: list[QuellError] = [
        TextRefused("Refused by a filter."), ServerBusy(), TooManyRequests(), InternalError("A wrong key."),
    ]  # fmt: skip

    def review(_: str) -> None:
        raise raised.pop(0)

    seated = cast("Seated", SimpleNamespace(review=review))
    judge = RowJudge(Question(reviewers=("policy",)), TextServices(reviewers=(seated,)))
    item = Item(7, "posts.jsonl", 8, "p-7", text="a text")

    fault = judge.judge(item).fault

    assert fault is not None
    assert (fault.row, fault.message) == (7, "Refused by a filter.")
    for kind in (ServerBusy, TooManyRequests, InternalError):
        with pytest.raises(kind):
            judge.judge(item)


def test_pictures_are_asked_of_image_incidents(bench: Bench, tmp_path: Path) -> None:
    """A smaller copy is found; a broken file and one that is no picture are told by name."""
    folder = tmp_path / "pictures"
    (folder / "in").mkdir(parents=True)
    original = Image.fromarray(np.asarray(scene(1)))
    original.resize((320, 240)).save(folder / "in" / "copy.jpg", quality=80)
    Image.fromarray(np.asarray(scene(2))).save(folder / "other.png")
    (folder / "broken.png").write_bytes(file_of(original)[:4_000])
    (folder / "text.gif").write_bytes(b"no picture")
    add_picture(bench, file_of(original))

    summary = bench.sweep(folder, question=Question(image_incidents=("scene",)))

    assert [(one["id"], one["name"]) for one in bench.results()] == [("in/copy.jpg", "scene")]
    assert sorted(one["file"] for one in summary["firstErrors"]) == ["broken.png", "text.gif"]
    assert (summary["rows"], summary["input"]["format"]) == (4, "images")


def add_picture(bench: Bench, content: bytes) -> None:
    """Make the image incident `scene` of one picture."""
    around = Surroundings(bench.database, OperationStore(), new_id, now, Limits(), require_deploy=False)
    decoder = PictureDecoder(PictureLimits(), processes=0)
    images = assemble_images(around, CopyReader.shipped, decoder)
    images.service.put("scene", IncidentChange())
    picture = decoder.decode(content, "image")
    images.service.add_samples("scene", [images.reader.sample(content, picture)])
