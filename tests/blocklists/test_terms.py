"""Terms: found word for word, without regard to case."""

import itertools
import random

import pytest

from quell.blocklists.terms import TermIndex, fold, term_keys


def found(text: str, *terms: str) -> list[str]:
    """Return the stretches of the folded text in which terms are found."""
    folded = fold(text)
    return [folded[start:end] for _, start, end in TermIndex(list(enumerate(terms))).find(folded)]


@pytest.mark.parametrize(
    ("text", "term"),
    [
        ("Buy the ACME knock-off now", "acme Knock-Off"),
        ("acme", "acme"),
        ("(acme)", "acme"),
        ("acme_", "acme_"),
        ("i want to k*ll time", "k*ll"),
        ("the 4chan board", "4chan"),
        ("STRASSE", "straße"),
        ("抹茶をください", "茶"),
        ("사과를 먹어요", "사과"),
        ("กาแฟร้อน", "กาแฟ"),
        ("the 茶acme", "acme"),
        ("knock\noff", "knock off"),
        ("knock\r\noff", "knock off"),
        ("knock \n\n off", "knock off"),
        ("knock off", "knock  off"),
        ("İSTANBUL", "istanbul"),
        ("KIZIL", "kızıl"),
        ("\u2620\ufe0fyou", "\u2620\ufe0f"),
        ("I\u2764NY", "\u2764\ufe0f"),
        ("1\ufe0f\u20e30", "1\ufe0f\u20e3"),
        ("ﬁsh soup", "ﬁsh"),
        ("fish soup", "ﬁsh"),
        ("see acme", " acme "),
        ("see acme", "ac\u200bme"),
        ("$5!", "$5"),
        ("कमल खिला", "कमल"),
        ("buy _acme_ now", "acme"),
        ("__acme__", "acme"),
    ],
)
def test_a_term_is_found(text: str, term: str) -> None:
    """Case, blanks around the term, and spellings of the same characters make no difference."""
    assert found(text, term)


@pytest.mark.parametrize(
    ("text", "term"),
    [
        ("start", "art"),
        ("artist", "art"),
        ("acme2", "acme"),
        ("acme_x", "acme"),
        ("x__acme", "acme"),
        ("дома", "дом"),
        ("cafe\u0301", "cafe"),
        ("कमी", "कम"),
        ("kill", "k*ll"),
        ("ısı", "isi"),
        ("bank", "b4nk"),
        ("", "acme"),
    ],
)
def test_a_part_of_a_word_is_not_found(text: str, term: str) -> None:
    """A boundary is demanded between two word characters of a script with blanks; tricks of a term stay."""
    assert not found(text, term)


def test_overlapping_terms_are_all_found() -> None:
    """A term inside another one, or across its end, is not hidden by it."""
    terms = ("new york", "york city", "city", "new york city")

    assert sorted(found("new york city hall", *terms)) == sorted(terms)


def test_two_items_with_one_key_are_both_found() -> None:
    """Items that differ only in case have the same key."""
    assert len(found("acme", "Acme", "ACME")) == 2


def test_without_terms_nothing_is_found() -> None:
    """An empty list has no automaton."""
    assert found("anything") == []


def test_keys_of_a_term_in_full_width_are_two() -> None:
    """The term as it is written, and in plain characters."""
    assert term_keys(" ＡＣＭＥ ") == ("ａｃｍｅ", "acme")


def test_an_invisible_term_keeps_its_own_key() -> None:
    """A term of which nothing visible is left asks for its own characters only."""
    assert term_keys("\u200b") == ("\u200b",)


def test_the_automaton_finds_what_a_loop_over_all_places_finds() -> None:
    """Brute force is the reference, on random words of a small alphabet, Latin and Chinese."""
    chance = random.Random(5)
    words = ["".join(chance.choices("ab 茶馆é", k=chance.randint(1, 4))).strip() for _ in range(60)]
    terms = sorted({word for word in words if word})
    text = "".join(chance.choices("ab 茶馆é", k=400))
    spaced = set("abé")

    def bounded(start: int, end: int) -> bool:
        before = start > 0 and text[start - 1] in spaced and text[start] in spaced
        after = end < len(text) and text[end] in spaced and text[end - 1] in spaced
        return not before and not after

    expected = {
        (number, start, start + len(term))
        for (number, term), start in itertools.product(enumerate(terms), range(len(text)))
        if text.startswith(term, start) and bounded(start, start + len(term))
    }

    assert set(TermIndex(list(enumerate(terms))).find(text)) == expected
