"""Strict JSON."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quell.errors import InvalidRequestBody
from quell.http.json import MAX_DEPTH, MAX_ITEMS, decode, encode

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@given(VALUES)
def test_what_is_written_is_read_again(value: object) -> None:
    """Decoding undoes encoding, and ASCII escapes read as the characters they stand for."""
    assert decode(encode(value)) == value
    assert decode(json.dumps(value).encode()) == value


@given(st.binary(max_size=60))
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    """No bytes lead to another exception than InvalidRequestBody."""
    try:
        encode(decode(body))
    except InvalidRequestBody as refused:
        assert refused.message  # noqa: PT017 - either outcome is right


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (b"", "not valid JSON"),
        (b"{", "not valid JSON"),
        (b"{} {}", "Extra data"),
        (b"\xff\xfe{\x00}\x00", "not JSON in UTF-8: byte 0"),
        (b'{"a": "\xed\xa0\x80"}', "not JSON in UTF-8"),
        (b'{"a": NaN}', "NaN is not a JSON number"),
        (b"[-Infinity]", "-Infinity is not a JSON number"),
        (b"1e999", "too large for a double"),
        (b"9" * 401, "more than 400 digits"),
        (b'{"a": 1, "a": 1}', "The field 'a' is given twice"),
        (b'["\\ud83d"]', "half of a surrogate pair"),
        (b'{"\\uDE00": 1}', "half of a surrogate pair"),
        (b'["\\ud83d\\ud83d\\ude00"]', "half of a surrogate pair"),
        (b"[" * 100_000, "deeper than 64 levels"),
        (b'{"a":' * 100_000, "deeper than 64 levels"),
    ],
)
def test_what_is_not_json_to_the_letter_is_refused(body: bytes, sentence: str) -> None:
    """Each departure from JSON is refused with a sentence that says which."""
    with pytest.raises(InvalidRequestBody, match=sentence):
        decode(body)


def test_a_refusal_does_not_repeat_the_text() -> None:
    """The message about broken JSON has the place of the fault and none of its words."""
    with pytest.raises(InvalidRequestBody) as caught:
        decode(b'{"text": "grandmother\'s soup" "onion"}')

    assert "soup" not in caught.value.message
    assert "onion" not in caught.value.message


def test_a_whole_pair_is_one_character() -> None:
    """Two escapes that make a pair are read as the character they stand for."""
    assert decode(b'"\\ud83d\\ude00"') == "😀"


def test_a_byte_order_mark_is_dropped() -> None:
    """A body may begin with the mark of UTF-8."""
    assert decode(b"\xef\xbb\xbf{}") == {}


@pytest.mark.parametrize(("opening", "closing"), [(b"[", b"]"), (b'{"a":', b"}")])
def test_the_deepest_value_that_is_read(opening: bytes, closing: bytes) -> None:
    """64 levels are read, 65 are not."""
    inside = b"1"

    assert decode(opening * MAX_DEPTH + inside + closing * MAX_DEPTH)
    with pytest.raises(InvalidRequestBody):
        decode(opening * (MAX_DEPTH + 1) + inside + closing * (MAX_DEPTH + 1))


def test_the_longest_array_that_is_read() -> None:
    """10,000 values in an array are read, one more is not."""
    assert decode(b"[" + b"1," * (MAX_ITEMS - 1) + b"1]")
    with pytest.raises(InvalidRequestBody, match="more than 10,000"):
        decode(b"[" + b"1," * MAX_ITEMS + b"1]")


def test_many_members_that_are_there_twice_are_found_at_once() -> None:
    """A body of hundreds of thousands of members is refused in the time it takes to read it."""
    members = ",".join(f'"m{number}":1' for number in range(200_000))

    with pytest.raises(InvalidRequestBody, match="twice"):
        decode(f'{{{members},"m199999":1}}'.encode())


def test_half_a_pair_can_always_be_written() -> None:
    """An answer that somehow holds half a pair is still sent."""
    assert encode({"a": "x\ud800"}) == b'{"a":"x?"}'
