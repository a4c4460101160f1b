"""Matching: tricks are caught, honest matches are not lost, spans lead into the text as it was sent."""

import random
import unicodedata
from array import array

import pytest

from quell.blocklists.domain import ListChange
from quell.blocklists.matcher import AllowlistMatcher, BlocklistMatcher, ListTest
from quell.errors import ResourceNotFound
from quell.text.normalise import Normalised, normalise
from tests.blocklists.lists import Lists


def test_a_hit_names_list_item_and_place(lists: Lists) -> None:
    """Everything that an answer needs is in the hit."""
    (item,) = lists.create("brands", "acme knock-off")
    (hit,) = lists.hits("😀 an Acme Knock-Off!", "brands")

    assert (hit.blocklist, hit.item_id, hit.item_text) == ("brands", item.id, "acme knock-off")
    assert (hit.start, hit.end) == (5, 19)


@pytest.mark.parametrize(
    ("text", "stretch"),
    [
        ("an ac\u200bme bag", "ac\u200bme"),
        ("an аcme bag", "аcme"),
        ("an ａｃｍｅ bag", "ａｃｍｅ"),
        ("an 𝐚𝐜𝐦𝐞 bag", "𝐚𝐜𝐦𝐞"),
        ("\u202ean acme bag", "acme"),
    ],
)
def test_tricks_are_caught_and_placed(lists: Lists, text: str, stretch: str) -> None:
    """The span is the stretch of the text as it was sent."""
    lists.create("brands", "acme")

    assert lists.spans(text, "brands") == [stretch]


def test_what_normalisation_changes_is_found_as_it_is(lists: Lists) -> None:
    """A term that looks like a trick itself is found where the text has just that, and nowhere else."""
    lists.create("odd", "b4nk")
    matcher = BlocklistMatcher(lists.index)
    undone = Normalised("my bank", array("I", range(8)))

    assert [hit.start for hit in matcher.match("my b4nk", undone, ["odd"])] == [3]
    assert matcher.match("my bank", undone, ["odd"]) == []


def test_what_only_normalisation_shows_is_placed_by_its_offsets(lists: Lists) -> None:
    """Stretches that were joined or dropped lie inside the span."""
    lists.create("brands", "acme", regexes=["ac.e$"])
    joined = Normalised("an acme", array("I", [0, 1, 2, 3, 5, 7, 9, 10]))

    hits = BlocklistMatcher(lists.index).match("an a c m e", joined, ["brands"])
    assert [(hit.item_text, hit.start, hit.end) for hit in hits] == [("acme", 3, 10), ("ac.e$", 3, 10)]


def test_an_item_is_hit_once_by_its_first_place(lists: Lists) -> None:
    """One entry for each item, in the order of the text."""
    lists.create("fruit", "plum", "pear", regexes=["p[el]+"])
    hits = lists.hits("pear, plum, pear, plum", "fruit")

    assert [(hit.item_text, hit.start) for hit in hits] == [("p[el]+", 0), ("pear", 0), ("plum", 6)]


def test_patterns_read_both_the_sent_and_the_plain_text(lists: Lists) -> None:
    """A pattern finds what tricks hide, with its place in the text as it was sent."""
    lists.create("models", regexes=[r"replica \d+"])

    assert lists.spans("see repl\u200bica 501", "models") == ["repl\u200bica 501"]


def test_characters_that_grow_when_folded_keep_their_places(lists: Lists) -> None:
    """ß becomes two letters, so later places in the folded text are not those of the text."""
    lists.create("streets", "gasse")

    assert lists.spans("ßßß Straße, Gasse, ßß", "streets") == ["Gasse"]


def test_runs_of_blanks_are_one_and_places_stay_those_of_the_text(lists: Lists) -> None:
    """Forms on web pages send two characters for a line break; runs at the start shift nothing either."""
    lists.create("adverts", "buy now", "ß buy")

    assert lists.spans("  \r\n ßß  ß  \tbuy \r\n now  ", "adverts") == ["ß  \tbuy", "buy \r\n now"]
    assert lists.spans("a  buy\xa0\xa0now", "adverts") == ["buy\xa0\xa0now"]


def test_several_lists_answer_in_the_order_asked(lists: Lists) -> None:
    """Each list once, whatever the order of the text."""
    lists.create("first", "plum")
    lists.create("second", "pear")

    assert [hit.blocklist for hit in lists.hits("plum pear", "second", "first", "second")] == [
        "second",
        "first",
    ]


def test_an_unknown_list_is_refused_with_its_place(lists: Lists) -> None:
    """The target counts in the request as it was sent."""
    lists.create("known", "plum")

    with pytest.raises(ResourceNotFound) as refused:
        lists.hits("plum", "known", "known", "absent")
    assert refused.value.target == "blocklistNames[2]"


def test_lists_without_items_and_no_lists_hit_nothing(lists: Lists) -> None:
    """An empty list is asked without complaint."""
    lists.create("empty")

    assert lists.found("anything", "empty") == []
    assert lists.found("anything") == []


@pytest.mark.parametrize(
    "text",
    [
        "\ud800 plum \udfff",
        "\u202eplum\u202c",
        "plum" + "\u0301" * 10_000,
        "\u0301" * 10_000 + " plum",
        "plum\x00",
        "\U0010ffff plum",
        "plum " * 2_000,
        "\u200d" * 10_000,
        "ﷺ" * 10_000,
    ],
)
def test_odd_text_is_read_without_complaint(lists: Lists, text: str) -> None:
    """Half pairs, overrides, marks by the thousand and expanding ligatures; places stay in the text."""
    lists.create("fruit", "plum", regexes=["pl.m"])

    for hit in lists.hits(text, "fruit"):
        assert 0 <= hit.start < hit.end <= len(text)


@pytest.mark.parametrize("text", ["\ud800 plum \udfff", "\u202eplum\u202c", "\u0301" * 10_000 + " plum"])
def test_odd_characters_do_not_hide_a_term(lists: Lists, text: str) -> None:
    """What a reader sees is found."""
    lists.create("fruit", "plum")

    assert lists.found(text, "fruit") == ["plum"]


def test_random_tricks_do_not_lose_an_honest_match(lists: Lists) -> None:
    """A term that stands in a text word for word is found, whatever odd characters stand around it."""
    lists.create("fruit", "plum")
    chance = random.Random(7)
    odd = [
        character for code in range(0x20, 0x3100) if unicodedata.category(character := chr(code))[0] != "M"
    ]
    texts = ["".join((*chance.choices(odd, k=30), " plum ", *chance.choices(odd, k=30))) for _ in range(300)]

    assert [text for text in texts if lists.found(text, "fruit") != ["plum"]] == []


def test_a_test_shows_every_place_and_how_it_was_read(lists: Lists) -> None:
    """All places of all items, with what lies there; `literal` tells sent text from tricks undone."""
    lists.create("fruit", "plum", regexes=["p[a-z]+m"])
    places = ListTest(lists.index).test("plum, pl\u200bum, plum", "fruit", "listName")

    assert [(place.item.text, place.start, place.end, place.literal) for place in places] == [
        ("plum", 0, 4, True),
        ("p[a-z]+m", 0, 4, True),
        ("plum", 6, 11, False),
        ("p[a-z]+m", 6, 11, False),
        ("plum", 13, 17, True),
        ("p[a-z]+m", 13, 17, True),
    ]


def allowed(allowlists: Lists, text: str, *categories: str) -> dict[str, tuple[tuple[int, int], ...]]:
    """Return what the allow-lists speak for."""
    return AllowlistMatcher(allowlists.index).allowed(text, normalise(text), categories)


def test_allow_lists_speak_for_their_categories_only(allowlists: Lists) -> None:
    """Other categories have no stretch that is lifted."""
    allowlists.create("unix", "kill the process")

    assert allowed(allowlists, "now kill the process", "Violence", "Hate") == {
        "Violence": ((4, 20),),
        "Hate": (),
    }


def test_the_window_of_an_allow_list_widens_its_places(allowlists: Lists) -> None:
    """Stretches that touch become one, and none leaves the text."""
    allowlists.create("cooking", "beat the eggs", "whip the cream")
    allowlists.service.put("cooking", ListChange(window=4))
    text = "please beat the eggs, whip the cream, then bake and beat the eggs"

    assert [text[start:end] for start, end in allowed(allowlists, text, "Violence")["Violence"]] == [
        "ase beat the eggs, whip the cream, th",
        "and beat the eggs",
    ]


def test_without_allow_lists_nothing_is_lifted(allowlists: Lists) -> None:
    """Every category that was asked for is in the answer."""
    assert allowed(allowlists, "beat the eggs", "Violence") == {"Violence": ()}


def test_an_allow_list_is_no_blocklist(lists: Lists, allowlists: Lists) -> None:
    """The two kinds do not share names."""
    allowlists.create("unix", "kill the process")

    with pytest.raises(ResourceNotFound):
        lists.hits("kill the process", "unix")
