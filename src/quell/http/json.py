"""JSON as this server reads and writes it: strict in, always encodable out.

Read: UTF-8, one value, no NaN or Infinity, no member twice, no half of a surrogate pair,
at most `MAX_DEPTH` levels and `MAX_ITEMS` values in one array or object.
"""

import json
import math
import re
from collections import Counter

from quell.errors import InvalidRequestBody

MAX_DEPTH = 64
"""Levels of arrays and objects; the deepest request of the protocol has five."""

MAX_ITEMS = 10_000
"""Values in one array or members of one object; the longest list of the protocol has a hundred."""

MAX_DIGITS = 400
"""Digits of an integer; more than the largest double has, fewer than Python refuses to read."""

_SURROGATE_ESCAPE = re.compile(rb"\\u[dD][89a-fA-F]")
_SURROGATE = re.compile("[\ud800-\udfff]")


def decode(body: bytes) -> object:
    """Return the value of a JSON text, or raise InvalidRequestBody with the place of the fault."""
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidRequestBody(
            f"The request body is not JSON in UTF-8: byte {error.start} cannot be decoded."
        ) from None
    try:
        value = _DECODER.decode(text)
    except RecursionError:
        raise _too_deep() from None
    except json.JSONDecodeError as error:
        # error.msg is one of the parser's fixed sentences; it never repeats the text.
        raise InvalidRequestBody(
            f"The request body is not valid JSON: {error.msg} at line {error.lineno}, column {error.colno}."
        ) from None
    _check_shape(value)
    # A raw half of a pair is not UTF-8 and was refused above; only an escape can make one.
    if _SURROGATE_ESCAPE.search(body):
        _check_surrogates(value)
    return value


def encode(value: object) -> bytes:
    """Return compact JSON in UTF-8; a half of a surrogate pair becomes "?", so that encoding never fails."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def _too_deep() -> InvalidRequestBody:
    return InvalidRequestBody(f"The request body is not valid JSON: it nests deeper than {MAX_DEPTH} levels.")


def _members(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) < len(pairs):
        count = Counter(name for name, _ in pairs)
        twice = count.most_common(1)[0][0][:64]
        raise InvalidRequestBody(f"The field '{twice}' is given twice in one JSON object.", target=twice)
    return members


def _number(digits: str) -> float:
    number = float(digits)
    if math.isinf(number):
        raise InvalidRequestBody("The request body holds a number that is too large for a double.")
    return number


def _integer(digits: str) -> int:
    if len(digits) > MAX_DIGITS:
        raise InvalidRequestBody(f"The request body holds an integer of more than {MAX_DIGITS} digits.")
    return int(digits)


def _constant(name: str) -> object:
    raise InvalidRequestBody(f"The request body is not valid JSON: {name} is not a JSON number.")


_DECODER = json.JSONDecoder(
    object_pairs_hook=_members, parse_float=_number, parse_int=_integer, parse_constant=_constant
)


def _check_shape(value: object) -> None:
    level = [value]
    for _ in range(MAX_DEPTH):
        deeper: list[object] = []
        for part in level:
            if not isinstance(part, list | dict):
                continue
            if len(part) > MAX_ITEMS:
                raise InvalidRequestBody(
                    f"The request body holds an array or object with more than {MAX_ITEMS:,} values."
                )
            children = part.values() if isinstance(part, dict) else part
            deeper += [child for child in children if isinstance(child, list | dict)]
        if not deeper:
            return
        level = deeper
    raise _too_deep()


def _check_surrogates(value: object) -> None:
    waiting = [value]
    while waiting:
        part = waiting.pop()
        if isinstance(part, dict):
            waiting += part.keys()
            waiting += part.values()
        elif isinstance(part, list):
            waiting += part
        elif isinstance(part, str) and _SURROGATE.search(part):
            raise InvalidRequestBody(
                "The request body is not valid JSON: a string holds half of a surrogate pair."
            )
