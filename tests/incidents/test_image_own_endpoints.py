"""Quell's own operations on image incidents, over HTTP."""

import pytest
from fastapi.testclient import TestClient

from quell.incidents import image_reading, transfer
from tests.incidents.pictures import IMAGES, OWN, add_images, file_of, image_hits, sent
from tests.incidents.wire import call, refusal


def test_the_sensitivity_can_be_set(client: TestClient) -> None:
    """It moves the threshold, and the next request is judged by it."""
    add_images(client, "badge", file_of(1))
    before = call(client, "GET", f"{OWN}/badge").json()
    call(client, "PATCH", f"{OWN}/badge", {"sensitivity": 0.25})
    after = call(client, "GET", f"{OWN}/badge").json()

    assert (before["sensitivity"], before["sampleCount"]) == (0.5, 1)
    assert (after["sensitivity"], after["threshold"]) == (0.25, 0.75)


def test_a_preview_shows_what_would_be_caught(client: TestClient) -> None:
    """Copies are caught and come first, with the sample, the region and how they were found."""
    body = {"samples": [sent(file_of(1))], "images": [sent(file_of(9)), sent(file_of(1, "JPEG"))]}
    answer = call(client, "POST", f"{OWN}:preview", body).json()
    first, last = answer["findings"]

    assert (answer["caught"], answer["sampleCount"], answer["threshold"]) == (1, 1, 0.5)
    assert (first["position"], first["outcome"], first["incidentSampleId"]) == (1, "caught", "samples[0]")
    assert (first["region"]["width"], first["region"]["height"]) == (480, 360)
    assert (last["position"], last["hit"]) == (0, False)


def test_full_sensitivity_catches_everything(client: TestClient) -> None:
    """As it does for texts: every probability is at least nothing."""
    body = {"samples": [sent(file_of(1))], "images": [sent(file_of(9))], "sensitivity": 1}

    answer = call(client, "POST", f"{OWN}:preview", body).json()

    assert (answer["threshold"], answer["caught"]) == (0, 1)
    assert (answer["findings"][0]["hit"], answer["findings"][0]["outcome"]) == (True, "caught")


def test_a_preview_counts_on_top_of_an_incident(client: TestClient) -> None:
    """The samples of the named incident count, too, and nothing is stored."""
    (known,) = add_images(client, "badge", file_of(1))
    body = {"incidentName": "badge", "samples": [sent(file_of(2))], "images": [sent(file_of(1))]}
    answer = call(client, "POST", f"{OWN}:preview", body).json()

    assert (answer["sampleCount"], answer["findings"][0]["incidentSampleId"]) == (2, known)
    assert image_hits(client, file_of(2), "badge") == []


@pytest.mark.parametrize(
    ("body", "target"),
    [
        ({"images": [sent(file_of(1))]}, "samples"),
        ({"samples": [sent(file_of(1))]}, "images"),
        ({"samples": [sent(file_of(1))], "images": []}, "images"),
        ({"samples": [sent(b"broken")], "images": [sent(file_of(1))]}, "samples[0].content"),
        ({"samples": [sent(file_of(1))], "images": [sent(file_of(1)), {}]}, "images[1]"),
        ({"samples": [{}] * 101, "images": [sent(file_of(1))]}, "samples"),
    ],
)
def test_bad_previews_are_refused(client: TestClient, body: object, target: str) -> None:
    """The error names the field at fault."""
    assert refusal(call(client, "POST", f"{OWN}:preview", body)) == (400, "InvalidRequestBody", target)


def test_what_goes_out_comes_in_again(client: TestClient) -> None:
    """An exported incident, brought in under its name, matches as before and exports the same."""
    add_images(client, "badge", file_of(1), file_of(2, "JPEG"))
    call(client, "PATCH", f"{OWN}/badge", {"sensitivity": 0.4})
    document = call(client, "GET", f"{OWN}/badge:export").json()
    call(client, "DELETE", f"{IMAGES}/badge")
    answer = call(client, "POST", f"{OWN}:import", document)

    assert (answer.status_code, answer.json()["sampleCount"]) == (201, 2)
    assert call(client, "GET", f"{OWN}/badge:export").json() == document
    assert image_hits(client, file_of(2), "badge") == ["badge"]


def test_imports_keep_to_the_rules(client: TestClient) -> None:
    """A broken picture refuses all; an existing name is replaced only where that is wished."""
    add_images(client, "badge", file_of(1))
    document = call(client, "GET", f"{OWN}/badge:export").json()
    broken = {**document, "samples": [*document["samples"], {"image": sent(b"broken")}]}
    answers = [
        call(client, "POST", f"{OWN}:import", document),
        call(client, "POST", f"{OWN}:import?overwrite=true", broken),
        call(client, "POST", f"{OWN}:import?overwrite=true", document),
        call(client, "POST", f"{OWN}:import", {**document, "medium": "text"}),
    ]

    assert refusal(answers[0])[::2] == (400, "incidentName")
    assert refusal(answers[1])[::2] == (400, "samples[1].image.content")
    assert answers[2].status_code == 200
    assert refusal(answers[3])[::2] == (400, "medium")


def test_a_request_has_a_limit_for_its_pictures_together(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Pictures that are too large together are refused, on the way in and on the way out."""
    ids = add_images(client, "badge", file_of(1), file_of(2))
    limit = len(file_of(1)) + len(file_of(2)) - 1
    monkeypatch.setattr(image_reading, "PICTURE_BYTES", limit)
    monkeypatch.setattr(transfer, "PICTURE_BYTES", limit)
    body = {"incidentSamples": [{"image": sent(file_of(seed))} for seed in (1, 2)]}
    answers = [
        call(client, "POST", f"{IMAGES}/badge:addIncidentSamples", body),
        call(client, "GET", f"{OWN}/badge:export"),
    ]

    assert [refusal(answer)[::2] for answer in answers] == [(400, "incidentSamples"), (400, "incidentName")]
    assert len(call(client, "GET", f"{IMAGES}/badge/incidentSamples").json()["value"]) == len(ids)
