r"""User patterns by RE2, which takes linear time whatever the pattern; size and memory are bounded, too.

Case does not matter. `\b`, `\w` and `\d` know ASCII only, as RE2 has them.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

import re2

from quell.blocklists.domain import Span

LARGEST_PATTERN = 4_000
"""Instructions of one compiled pattern at most."""

_PATTERN_MEMORY = 256 * 1024
_SET_MEMORY = 4 * 1024 * 1024
_PATTERNS_PER_SET = 100
# A pattern that always matches. Where a set's answer lacks it, the set has failed: RE2 says "nothing
# found" in the same way as "out of memory".
_ALWAYS = r"\z"
_CONTINUATIONS = bytes(range(0x80, 0xC0))
"""The bytes that go on with a character of UTF-8."""
_PROBES = (b"", b"a", b"a b")
"""A pattern that finds a place without characters here, such as a lone boundary, finds one in every text."""
# \b beside a letter that is not ASCII, or a group that begins or ends with one; backslashes in pairs before
# it are characters to look for.
_OPENED, _CLOSED = r"(?:\((?:\?(?:[a-zA-Z-]*:|P?<\w+>))?)*", r"\)*"
_LONELY_BOUNDARY = re.compile(
    rf"(?<!\\)(?:\\\\)*\\b{_OPENED}(?=\w)[^\x00-\x7f]|(?=\w)[^\x00-\x7f]{_CLOSED}\\b"
)


class PatternError(ValueError):
    """A pattern cannot be used; the message completes "The field … "."""


def pattern_size(pattern: str) -> int:
    """Return the size of a pattern in instructions, or raise PatternError."""
    if _LONELY_BOUNDARY.search(pattern):
        raise PatternError(
            r"must not have \b beside a letter that is not ASCII: it would never match; "
            r"write (?:^|\PL) before the word and (?:\PL|$) after it."
        )
    compiled = _compile(pattern)
    sizes = (compiled.programsize, compiled.reverseprogramsize)
    if min(sizes) < 0 or max(sizes) > LARGEST_PATTERN:
        raise PatternError(
            f"must be a simpler pattern: it has more than {LARGEST_PATTERN:,} instructions when compiled."
        )
    if any(found.start() == found.end() for probe in _PROBES if (found := compiled.search(probe))):
        raise PatternError("must not be a pattern that matches the empty text: it would match every text.")
    return int(max(sizes))


class PatternSet:
    """The patterns of one list: a few passes over a text say which occur, then these are looked up."""

    def __init__(self, patterns: Sequence[tuple[int, str]]) -> None:
        """Compile patterns, each with the number of its item."""
        self._patterns = [(number, _compile(pattern)) for number, pattern in patterns]
        self._sets = [
            (start, _compile_set([pattern for _, pattern in patterns[start : start + _PATTERNS_PER_SET]]))
            for start in range(0, len(patterns), _PATTERNS_PER_SET)
        ]

    def find(self, text: str, limit: int = 1) -> Iterator[tuple[int, Span]]:
        """Yield number and span of the first matches of each pattern that the text contains."""
        if not self._patterns:
            return
        encoded = text.encode()
        for number, compiled in self._candidates(encoded):
            byte = character = 0
            for found in islice(compiled.finditer(encoded), limit):
                start = character + _characters(encoded[byte : found.start()])
                end = start + _characters(encoded[found.start() : found.end()])
                yield number, (start, end)
                byte, character = found.end(), end

    def _candidates(self, encoded: bytes) -> Iterator[tuple[int, Any]]:
        for start, matcher in self._sets:
            group = self._patterns[start : start + _PATTERNS_PER_SET]
            found = matcher.Match(encoded) if matcher is not None else None
            if found is None or 0 not in found:
                yield from group  # the set has failed: ask each pattern alone
            else:
                yield from (group[place - 1] for place in sorted(found) if place)


def _compile(pattern: str) -> Any:  # noqa: ANN401 - RE2 has no types
    try:
        return re2.compile(pattern, _options(_PATTERN_MEMORY))
    except re2.error as error:
        raise PatternError(f"must be a valid regular expression (RE2): {_reason(error)}.") from None


def _compile_set(patterns: Sequence[str]) -> Any:  # noqa: ANN401 - RE2 has no types
    compiled = re2.Set.SearchSet(_options(_SET_MEMORY))
    compiled.Add(_ALWAYS)
    for pattern in patterns:
        compiled.Add(pattern)
    try:
        compiled.Compile()
    except re2.error:
        return None
    return compiled


def _options(memory: int) -> Any:  # noqa: ANN401 - RE2 has no types
    options = re2.Options()
    options.max_mem = memory
    options.case_sensitive = False
    options.log_errors = False
    return options


def _reason(error: Exception) -> str:
    # RE2's own words, then the part of the pattern that it did not like; the latter is left out.
    cause = error.args[0] if error.args else b""
    words = cause.decode("utf-8", "replace") if isinstance(cause, bytes) else str(cause)
    return words.split(":")[0] or "it cannot be compiled"


def _characters(encoded: bytes) -> int:
    # Counts the first bytes of characters: a pattern with \C can stop inside of one.
    return len(encoded.translate(None, _CONTINUATIONS))
