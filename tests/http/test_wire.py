"""Reading request models and writing answers."""

import pytest
from fastapi.testclient import TestClient
from pydantic import ValidationError
from tests.http.toy import ANALYZE, AnalyzeText, OutputType, Thing

from quell.http.validation import faults
from quell.http.wire import WireResponse, wire_time


def refusal(sent: object) -> tuple[str, str | None]:
    """Return the message and target of the first fault of a body."""
    with pytest.raises(ValidationError) as caught:
        AnalyzeText.model_validate(sent)
    # FastAPI puts the word "body" before every place in a body.
    found = [{**error, "loc": ("body", *error["loc"])} for error in caught.value.errors()]
    first = faults(found)[0]
    return first.message, first.target


def test_members_are_read_in_any_case() -> None:
    """A member may be written in any case, nested ones too."""
    read = AnalyzeText.model_validate({"TEXT": "a", "Incidents": {"incidentnames": ["n"]}})

    assert (read.text, read.incidents and read.incidents.incident_names) == ("a", ["n"])


def test_an_unknown_member_is_refused_by_name() -> None:
    """The error names the unknown member and its path, and points at the api-version."""
    message, target = refusal({"text": "a", "incidents": {"incidentNames": [], "texts": 1}})

    assert "not supported: 'texts'. Check the api-version and the API definition." in message
    assert target == "incidents.texts"


def test_the_python_name_of_a_member_is_unknown() -> None:
    """blob_url is not a member: the wire says blobUrl."""
    assert refusal({"text": "a", "blob_url": "x"})[1] == "blob_url"


def test_many_unknown_members_make_a_short_message() -> None:
    """A message names five unknown members and counts the rest; long names are cut."""
    message, _ = refusal({"text": "a", "y" * 10_000: 1} | {f"m{number}": 1 for number in range(1000)})

    assert "and 996 more" in message
    assert len(message) < 300


def test_a_member_in_two_spellings_is_refused() -> None:
    """A text and a Text in one body contradict each other."""
    assert refusal({"text": "a", "Text": "b"}) == ("The field 'text' is given twice.", "text")


def test_an_alias_beside_its_member_is_refused() -> None:
    """The alias url and blobUrl are the same member."""
    assert refusal({"text": "a", "url": "x", "blobUrl": "y"})[1] == "blobUrl"


def test_an_alias_is_read_as_its_member() -> None:
    """Url stands for blobUrl."""
    assert AnalyzeText.model_validate({"text": "a", "Url": "x"}).blob_url == "x"


def test_read_only_members_are_ignored() -> None:
    """A read-only member may hold anything."""
    assert AnalyzeText.model_validate({"text": "a", "Created": {"junk": 1}}).text == "a"


def test_an_empty_string_is_absent_only_where_the_model_says_so() -> None:
    """An empty blobUrl is not given; an empty text is a text that is too short."""
    assert AnalyzeText.model_validate({"text": "a", "blobUrl": ""}).model_fields_set == {"text"}
    assert refusal({"text": ""})[0] == "The field 'text' must have at least 1 character."


def test_null_is_absent_for_a_member_with_a_default() -> None:
    """Null for a member with a default means the default."""
    read = AnalyzeText.model_validate({"text": "a", "outputType": None, "weight": None})

    assert (read.output_type, read.weight) == (OutputType.FOUR, 1.0)


def test_null_stays_visible_for_an_optional_member() -> None:
    """A merge-patch can tell null from absent."""
    assert "blob_url" in AnalyzeText.model_validate({"text": "a", "blobUrl": None}).model_fields_set


def test_null_does_not_stand_for_a_required_member() -> None:
    """Null is no text."""
    assert refusal({"text": None}) == ("The field 'text' must be a string.", "text")


@pytest.mark.parametrize(
    ("sent", "message"),
    [
        ({"text": 1}, "The field 'text' must be a string."),
        ({"text": True}, "The field 'text' must be a string."),
        ({"text": "a", "weight": "1"}, "The field 'weight' must be a number."),
        ({"text": "a", "weight": True}, "The field 'weight' must be a number."),
        ({"text": "a", "incidents": []}, "The field 'incidents' must be an object."),
        (
            {"text": "a", "incidents": {"incidentNames": "n"}},
            "The field 'incidents.incidentNames' must be an array.",
        ),
        (
            {"text": "a", "incidents": {"incidentNames": [1]}},
            "The field 'incidents.incidentNames[0]' must be a string.",
        ),
        (
            {"text": "a", "incidents": {"incidentNames": [], "haltOnIncidentHit": "true"}},
            "The field 'incidents.haltOnIncidentHit' must be true or false.",
        ),
        (
            {"text": "a", "outputType": "TwoLevels"},
            "The field 'outputType' must be one of 'FourSeverityLevels', 'EightSeverityLevels'.",
        ),
        (
            {"text": "a", "outputType": 4},
            "The field 'outputType' must be one of 'FourSeverityLevels', 'EightSeverityLevels'.",
        ),
        ({}, "The field 'text' is required."),
        ({"text": "a" * 11}, "The field 'text' must have at most 10 characters (Unicode code points)."),
    ],
)
def test_types_are_not_converted(sent: object, message: str) -> None:
    """A value of another type is refused with a sentence that names the field."""
    assert refusal(sent)[0] == message


def test_an_enum_value_is_read_in_any_case() -> None:
    """The value eightseveritylevels is EightSeverityLevels."""
    read = AnalyzeText.model_validate({"text": "a", "outputType": "eightseveritylevels"})

    assert read.output_type is OutputType.EIGHT


def test_lengths_count_code_points() -> None:
    """Ten astral characters are ten, though twenty UTF-16 units and forty bytes."""
    assert len(AnalyzeText.model_validate({"text": "😀" * 10}).text) == 10


def test_several_faults_are_all_told(client: TestClient) -> None:
    """The first fault is the message, and each is in details with its target."""
    error = client.post(ANALYZE, json={"text": 1, "weight": "x"}).json()["error"]

    assert error["message"].startswith("The field 'text' must be a string.")
    assert [detail["target"] for detail in error["details"]] == ["text", "weight"]


def test_answers_leave_out_what_has_no_value(client: TestClient) -> None:
    """An answer has camelCase members and none that is null, whoever renders it."""
    thing = Thing(incident_name="n")

    assert WireResponse(thing).body == b'{"incidentName":"n","created":"1970-01-01T00:00:00.0000000Z"}'
    assert WireResponse({"value": [thing.model_dump(by_alias=True)]}).body.count(b"description") == 0


def test_the_published_schema_of_an_answer_keeps_its_members() -> None:
    """Leaving members out when rendering does not hide them from the OpenAPI document."""
    assert set(Thing.model_json_schema(mode="serialization")["properties"]) == {
        "incidentName",
        "created",
        "description",
    }


@pytest.mark.parametrize(
    ("microseconds", "rendered"),
    [
        (1738314764123456, "2025-01-31T09:12:44.1234560Z"),
        (0, "1970-01-01T00:00:00.0000000Z"),
        (1, "1970-01-01T00:00:00.0000010Z"),
    ],
)
def test_times_have_seven_fractional_digits(microseconds: int, rendered: str) -> None:
    """A time is UTC with seven fractional digits and Z."""
    assert wire_time(microseconds) == rendered


def test_a_response_without_content_has_no_body() -> None:
    """A 204 is empty."""
    assert WireResponse(None, 204).body == b""
