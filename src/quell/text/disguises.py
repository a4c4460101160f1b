"""Words in disguise: look-alike letters, digits for letters, letters set apart, letters repeated."""

import re

from quell.text.confusables import TO_LATIN, WORD, home_script, unmix
from quell.text.edits import Edited

_LEET = str.maketrans("0134578@$!|", "oieastbasil")
_DIGITS = set("013457")
_TOKEN = re.compile(r"[A-Za-z0-9@$!|]+")
_ADDRESS = re.compile(r"[\w.+-]+@[\w-]+\.\w|https?://\S+|www\.\S+|[#@]\w+")
# Letters of scripts that set words apart by blanks; a CJK character is a word by itself.
_LETTER = r"[A-Za-z\u00c0-\u024f\u0370-\u03ff\u0400-\u04ff]"
_APART = re.compile(
    rf"(?<!\w){_LETTER}(?:(?P<sign>[ ._\-*·|/])(?!(?P=sign){{3}}){_LETTER}){{3,}}(?!\w)"
    rf"|(?<!\w){_LETTER}(?: {{1,2}}{_LETTER}){{5,}}(?!\w)"
)
_SIGN = re.compile(r"[._\-*·|/]| (?! )")
# fr33, b00 and the like; f0r, y0u, w1n; $cam
_SHORT_LEET = re.compile(r"[a-z]+(33|00)|[a-z][013@!][a-z]|\$[A-Za-z]{3,}")
_LONG = re.compile(r"([^\W\d_])\1{3,}|([a-z])(?<!w)\2{2,}")


def plain_words(edited: Edited) -> None:
    """Undo disguises; honest numbers, codes, addresses and prices stay as they are."""
    if not edited.text.isascii():
        _one_script(edited)
    edited.replace(_APART, lambda match: _SIGN.sub("", match.group()))
    if not edited.text.isalpha():
        taken = [match.span() for match in _ADDRESS.finditer(edited.text)]
        edited.replace(_TOKEN, lambda match: _unleet(match, taken))
    edited.replace(_LONG, lambda match: (match.group(1) or match.group(2)) * 2)


def _one_script(edited: Edited) -> None:
    if any(character in TO_LATIN for character in edited.text):
        home = home_script(edited.text)
        edited.replace(WORD, lambda match: unmix(match.group(), home))


def _unleet(match: re.Match[str], taken: list[tuple[int, int]]) -> str | None:
    token = match.group()
    if token.isalpha() or any(start <= match.start() < end for start, end in taken):
        return None
    body = token.rstrip("!|")  # an exclamation mark at the end is one
    letters = sum(character.isalpha() for character in body)
    if letters < 2 or not _reads_as_letters(body, letters):
        return None
    return body.translate(_LEET) + token[len(body) :]


def _reads_as_letters(body: str, letters: int) -> bool:
    """Whether the digits and signs of a token stand for letters.

    `fr33`, `t1ckets`, `c@sh`, `$cam` do; `mp3`, `covid19`, `b2b`, `4th`, `10am`, `i18n` and `h264` do not.
    """
    others = [character for character in body if not character.isalpha()]
    if (
        any(character.isdigit() and character not in _DIGITS for character in others)
        or len(others) > letters + 1
    ):
        return False
    inner = re.search(r"(?<=[A-Za-z])[0-9@$!|]{1,2}(?=[A-Za-z])", body)
    if inner is not None and letters + len(others) >= 4:
        return letters >= 3 or len(others) == 1
    return bool(_SHORT_LEET.fullmatch(body))
