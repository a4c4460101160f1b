"""Words in disguise: digits and signs for letters, letters set apart, letters repeated."""

import re
from collections.abc import Callable

from quell.text.confusables import WORD
from quell.text.edits import Edited
from quell.text.lexicon import is_known, is_word, split_words

Rule = Callable[[re.Match[str]], str]
"""What to put in place of a match."""

_CHUNK = re.compile(r"\S+")
_ADDRESS_SIGN = re.compile(r"[@#./\\]|[0-9a-fA-F]{8}")
_ADDRESS = re.compile(
    r"^\W*www\.|^\W*[#@]\w|[\w.+\-]+@[\w\-]+\.\w|\w\.(?:com|net|org|io|de|co|gov|edu|html?|py|js|json|txt)\b"
    r"|/[^/]+/|\\|\b[0-9a-f]{8,}\b",
    re.IGNORECASE,
)
_LONGEST_ADDRESS = 300  # beyond that only `://` is looked for: the pattern is quadratic in the worst case
_CODE = re.compile(r"[{}=;`<>\\]|\$\(")

_SIGNED = re.compile(
    r"(?<![A-Za-z0-9_@$!|€])(?=[a-zA-Z]*[0134578@$!|€])[A-Za-z0-9@$!|€]{3,32}(?![A-Za-z0-9_@$])"
)
_SIGNED_SHORT = re.compile(_SIGNED.pattern.replace("{3,32}", "{2,32}"))
_LETTERED = re.compile("[A-Za-z]")
_AS_I = str.maketrans("0134578@$!|€", "oieastbasiie")
_AS_L = str.maketrans("0134578@$!|€", "oleastbaslle")
_INSIDE = re.compile(r"(?<=[A-Za-z])[0134578@$!|€]{1,2}(?=[A-Za-z])")
_AT_END = re.compile(r"[a-z](?:33|00|11|55|\$\$?)$")
_AT_START = re.compile(r"(?:\$|€|[01345])(?=[A-Za-z]{2})")
_FOREIGN_LEET = re.compile(
    r"(?=.*[g-z])(?!.*(?:[aeiou]\d|\d[aeiou]|(\d)(?!\1)\d))[A-Z]?[a-z]*(?:[a-z][0134]|[0134][a-z]|[a-z]|00|33|11)+"
)
_NUMERONYM = re.compile(r"[A-Za-z](?!00|33)\d\d[A-Za-z]")  # l10n, a11y
_VOWEL = re.compile("[aeiouy]", re.IGNORECASE)

_LETTER = r"[A-Za-z\u00c0-\u024f\u0370-\u03ff\u0400-\u052f]"
_PIECE = r"[A-Za-z0134578@$\u00c0-\u024f\u0370-\u03ff\u0400-\u052f]"
_APART = re.compile(
    rf"(?<![^\W_])(?<![\w][._\-*·•|/~+,])(?<!['’@$]){_LETTER}"
    rf"(?:(?P<sign>[._\-*·•|/~+,]){_PIECE}(?:(?P=sign){_PIECE})+|(?: {{1,3}}{_PIECE}){{2,}})"
    r"(?![^\W_]|['’][^\W_])"
)
_SIGN = re.compile(r"[._\-*·•|/~+,]")
_ALPHABET = "abcdefghijklmnopqrstuvwxyz"

_REPEATED = re.compile(r"([^\W\d_])\1{2,}", re.IGNORECASE)
_ROMAN = re.compile(r"[ivxlcdm]+", re.IGNORECASE)


def plain_words(edited: Edited) -> None:
    """Undo disguises; numbers, codes, addresses, prices and initials stay as they are."""
    edited.replace(_APART, _together)
    if _SIGNED.search(edited.text):
        _without_signs(edited)
    if _REPEATED.search(edited.text):
        edited.replace(WORD, _outside(_addresses(edited.text), _shortened))


def _addresses(text: str) -> list[tuple[int, int]]:
    """Return where addresses, handles, paths and codes lie: nothing in them is a disguise."""
    return [match.span() for match in _CHUNK.finditer(text) if _is_address(match.group())]


def _is_address(chunk: str) -> bool:
    if not _ADDRESS_SIGN.search(chunk):
        return False
    return "://" in chunk or (len(chunk) <= _LONGEST_ADDRESS and _ADDRESS.search(chunk) is not None)


def _outside(taken: list[tuple[int, int]], new: Rule) -> Rule:
    """Return a rule that leaves matches in the places taken as they are; it meets matches in order."""
    ahead = iter(taken)
    current = next(ahead, None)

    def checked(match: re.Match[str]) -> str:
        nonlocal current
        while current is not None and current[1] <= match.start():
            current = next(ahead, None)
        inside = current is not None and current[0] < match.end()
        return match.group() if inside else new(match)

    return checked


def _without_signs(edited: Edited) -> None:
    """Put letters for digits and signs where they must be, then, if that was often so, where they can be."""
    before = edited.text
    count = 0

    def counted(match: re.Match[str]) -> str:
        nonlocal count
        new = _unsigned(match)
        count += new != match.group()
        return new

    edited.replace(_SIGNED, _outside(_addresses(before), counted))
    if count > 1:
        edited.replace(_SIGNED_SHORT, _outside(_addresses(edited.text), _unsigned_freely))


def _unsigned_freely(match: re.Match[str]) -> str:
    """Return a token with letters for its digits and signs, if that is any word: `th3` near other leet."""
    token = match.group()
    body = token.rstrip("!|€")
    if not _LETTERED.search(body):
        return token
    for letters in (_AS_I, _AS_L):
        word = body.translate(letters)
        if word.isalpha() and (is_known(word.lower()) or is_word(word)):
            return _cased(body, word) + token[len(body) :]
    return token


def _unsigned(match: re.Match[str]) -> str:
    """Return a token with letters for its digits and signs, if that makes a word."""
    token = match.group()
    body = token.rstrip("!|€")  # at the end these are what they seem
    if body.isalpha() or body[-1:] == "@" or body.isdigit():
        return token
    inside = _INSIDE.search(body) is not None
    if _NUMERONYM.fullmatch(body) or not (inside or _AT_END.search(body) or _AT_START.match(body)):
        return token
    if "$" in body and _CODE.search(match.string, max(0, match.start() - 40), match.end() + 40):
        return token
    for letters in (_AS_I, _AS_L):
        word = body.translate(letters)
        if word.isalpha() and is_word(word) and (inside or len(word) > 3):
            return _cased(body, word) + token[len(body) :]
    if inside and _is_leet_elsewhere(body):
        return body.translate(_AS_I) + token[len(body) :]
    return token


def _is_leet_elsewhere(body: str) -> bool:
    """Whether a token outside the word list reads as a word: two digits or more stand for vowels."""
    digits = sum(character.isdigit() for character in body)
    return (
        len(body) >= 5
        and 2 <= digits <= len(body) // 2
        and _FOREIGN_LEET.fullmatch(body) is not None
        and len(_VOWEL.findall(body.translate(_AS_I))) <= 2 * len(body) // 3
    )


def _cased(body: str, word: str) -> str:
    """Return a word in capitals where all letters of the token were."""
    return word.upper() if body.upper() == body else word


def _together(match: re.Match[str]) -> str:
    """Join letters that were set apart, if that makes words; initials, lists and scales stay."""
    run, sign = match.group(), match.group("sign")
    if sign is None:
        return _spaced_together(run)
    letters = run.replace(sign, "")
    dotted_end = match.string[match.end() : match.end() + 1] == "."
    if sign == "." and letters.isupper() and (len(letters) < 4 or dotted_end):
        return run
    return _joined(letters) or run


def _spaced_together(run: str) -> str:
    groups = re.split(" {2,}", run)
    words = [group.replace(" ", "") for group in groups]
    if len(groups) > 1 and any(len(word) > 2 for word in words):
        joined = [_joined(word) for word in words]
        # One word found makes the gaps tell where words end.
        if any(joined):
            return " ".join(new or word for new, word in zip(joined, words, strict=True))
        return run
    return _joined(run.replace(" ", "")) or run


def _joined(letters: str) -> str:
    """Return what single letters spell, "" where they are no word."""
    plain = letters.translate(_AS_I).lower()
    if len(letters) < 3 or sum(character.isalpha() for character in letters) * 2 < len(letters):
        return ""
    if plain in _ALPHABET or plain in _ALPHABET[::-1]:
        return ""
    if is_word(plain) or (letters != plain and is_word(letters.translate(_AS_L))):
        return letters
    if len(letters) < 5:
        return ""
    parts = split_words(plain) if plain.isascii() else None
    if parts is not None and len(plain) >= 4 * len(parts):
        ends = [sum(map(len, parts[: number + 1])) for number in range(len(parts))]
        return " ".join(letters[end - len(part) : end] for part, end in zip(parts, ends, strict=True))
    return letters if letters.isalpha() and not letters.isupper() and _is_sayable(plain) else ""


def _is_sayable(plain: str) -> bool:
    vowels = sum(1 for letter in plain if letter in "aeiouyäöüáéíóúàèìòùâêîôûаеиоуыэюяёαεηιουω")
    return 0.2 <= vowels / len(plain) <= 0.7


def _shortened(match: re.Match[str]) -> str:
    """Cut drawn-out letters to two, or to one where that makes the word."""
    word = match.group()
    if not _REPEATED.search(word):
        return word
    lowered = word.lower()
    if word[:1] == word[-1:] and len(set(lowered)) == 1 and len(word) <= 3:
        return word  # AAA, www, mmm
    if _ROMAN.fullmatch(word):
        return word
    if not all(_is_drawn_out(found.group()) for found in _REPEATED.finditer(word)):
        return word
    two = _REPEATED.sub(lambda found: found.group()[:2], word)
    one = _REPEATED.sub(lambda found: found.group()[0], word)
    if is_word(two) or (not is_word(one) and _has_four(word)):
        return two
    # German has honest threes: Schifffahrt.
    return one if is_word(one) else word


def _has_four(word: str) -> bool:
    return any(len(found.group()) > 3 for found in _REPEATED.finditer(word))


def _is_drawn_out(run: str) -> bool:
    """Whether the letters are of a script that draws words out by repeating them."""
    return run[0].lower() != run[0].upper() or "\u0620" <= run[0] <= "\u064a"
