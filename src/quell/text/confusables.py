"""Letters that look like others, from Unicode's table of confusables (UTS #39), and words that mix scripts.

Only letters are listed that look like one Latin letter and survive NFKC, because NFKC undoes the rest.
A short table is enough for that; the packages that carry the whole one load a megabyte of it.
"""

import re
import unicodedata
from collections import Counter

_PAIRS = """
ɑa ɡg ᶃg ɩi ɪi ǀl ᴏo ᴑo ᴄc ꜱs ƽs ᴜu ʋu ᴠv ɯw ᴡw ɣy ʏy ᴢz
αa ΑA ΒB ΕE ϜF ΗH ιi ϳj ͿJ ΚK Ιl ΜM ϺM ΝN οo σo ΟO ρp ΡP ᴦr ΤT τt υu νv ΧX χx γy ΥY ΖZ κk
аa АA Ьb ВB сc СC ԁd еe ҽe ЕE ԌG һh НH іi ꙇi ӏi јj ЈJ КK кk Іl Ӏl МM мm оo ОO рp РP ԛq гr ѕs ЅS ТT тt
ѵv ѴV ѡw ԝw ԜW хx ХX уy үy УY ҮY вb нh
ᎪA Ꮟb ᏴB ꮯc ᏟC Ꮷd ᎠD ᎬE ᏀG ᏳG Ꮒh ᎻH ꭵi Ꭵi ᎫJ ᏦK ᏞL ᎷM ᏢP ꮁr ᎡR ᏒR ꮪs ᏕS ᏚS ᎢT ꮩv ᏙV ꮃw ᎳW ᏔW ᎩY ᎽY ꮓz ᏃZ
ꓮA ꓐB ꓚC ꓒd ꓓD ꓰE ꓝF ꓖG ꓧH ꓙJ ꓗK ꓲl ꓡL ꓟM ꓠN ꓳO ꓑP ꓣR ꓢS ꓔT ꓴU ꓦV ꓪW ꓫX ꓬY ꓜZ
ⲥc ⲤC ⲎH ⲔK Ⲓl ⳐL ⲘM ⲚN ⲟo ⲞO ⲣp ⲢP ⲅr ⲦT ⲬX ⲨY
քf ցg հh ոn ռn օo ՕO գq զq ՏS սu ՍU աw
"""

TO_LATIN = {pair[0]: pair[1] for pair in _PAIRS.split()}
"""A letter of another script, and the Latin letter that it looks like."""

_FROM_LATIN = {
    "CYRILLIC": {
        latin: other for other, latin in TO_LATIN.items() if unicodedata.name(other).startswith("CYR")
    },
    "GREEK": {
        latin: other for other, latin in TO_LATIN.items() if unicodedata.name(other).startswith("GREEK")
    },
}
_SCRIPTS = ("LATIN", "CYRILLIC", "GREEK", "CHEROKEE", "LISU", "COPTIC", "ARMENIAN")

WORD = re.compile(r"[^\W\d_]+")
"""A run of letters."""


def script_of(letter: str) -> str:
    """Return the script of a letter among those with look-alikes, "" for every other script."""
    first = "LATIN" if letter.isascii() else unicodedata.name(letter, "").split(" ", 1)[0]
    return first if first in _SCRIPTS else ""


def unmix(word: str, home: str) -> str:
    """Return a word in one script: the one that only it can be read in, or `home`, that of the text around.

    The result has as many letters as the word.
    """
    scripts = {script_of(letter) for letter in word}
    if scripts == {"LATIN"}:
        return "".join(TO_LATIN.get(letter, letter) for letter in word)
    if len(scripts - {""}) == 1 and not (home == "LATIN" and all(letter in TO_LATIN for letter in word)):
        return word
    target = _target(word, home)
    if target == "LATIN":
        return "".join(TO_LATIN.get(letter, letter) for letter in word)
    back = _FROM_LATIN.get(target, {})
    return "".join(back.get(letter, letter) for letter in word)


def _target(word: str, home: str) -> str:
    """Return the script of the letters that look like nothing else; the text's own where there are none."""
    telling = Counter(script_of(letter) for letter in word if not _ambiguous(letter))
    telling.pop("", None)
    return telling.most_common(1)[0][0] if telling else home


def _ambiguous(letter: str) -> bool:
    return letter in TO_LATIN or (letter.isascii() and letter in _FROM_LATIN["CYRILLIC"])


def home_script(text: str) -> str:
    """Return the script that most letters of a text belong to, "LATIN" where none has look-alikes."""
    telling = Counter(
        script_of(letter) for word in WORD.findall(text) for letter in word if letter not in TO_LATIN
    )
    telling.pop("", None)
    return telling.most_common(1)[0][0] if telling else "LATIN"
