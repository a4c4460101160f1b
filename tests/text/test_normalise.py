"""Tricks are undone, honest text is left alone, and every place is found again in the original."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quell.text.normalise import literal_key, normalise

TRICKS = [
    # digits and signs for letters
    ("fr33 t1ck3ts", "free tickets"),
    ("c@sh f0r g1ft c@rds", "cash for gift cards"),
    ("$cam al3rt", "scam alert"),
    ("M0NEY, p@ssw0rd, he11o, 0pen", "MONEY, password, hello, open"),
    ("k0stenl0s3", "kostenlose"),
    ("g3t th3 fr33 t1ck3t fr0m m3, 20 left", "get the free ticket from me, 20 left"),
    # letters set apart
    ("f r e e  t i c k e t s", "free tickets"),
    ("f r e e   t i c k e t s   n o w", "free tickets now"),
    ("F R E E T I C K E T S", "FREE TICKETS"),
    ("f.r.e.e and t_i_c_k_e_t_s", "free and tickets"),
    ("g-i-f-t c*a*r*d", "gift card"),
    ("f r 3 3", "free"),
    # characters nobody sees
    ("fre\u200be ti\u00adck\u2060ets", "free tickets"),
    ("fr\u202eee", "free"),
    ("fr\U000e0041ee", "free"),
    ("fr\ufe0fee\x00", "free"),
    ("fr\u200cee \u200dtickets", "free tickets"),
    ("free\u3000tickets\u00a0now\u2028today", "free tickets now today"),
    ("half \ud800 a pair", "half \ufffd a pair"),
    # look-alikes
    ("frее tiсkets", "free tickets"),  # Cyrillic е and с
    ("раураl account", "paypal account"),  # all Cyrillic but the last letter
    ("buy the саре now", "buy the cape now"),  # all Cyrillic
    ("пpивет миp", "привет мир"),  # Latin p
    ("Рoссия", "Россия"),  # Latin o
    ("gιft cαrd", "gift card"),  # Greek iota and alpha
    ("ꓝꓣꓰꓰ ᏔᎪY", "FREE WAY"),  # Lisu, Cherokee
    ("ᴛɪᴄᴋᴇᴛs", "tickets"),
    ("ｆｒｅｅ 𝐭𝐢𝐜𝐤𝐞𝐭𝐬 ⓕⓡⓔⓔ ⒡⒭⒠⒠", "free tickets free free"),
    ("🅕🅡🅔🅔 🅵🆁🅴🅴", "FREE FREE"),
    ("🇹🇮🇨🇰🇪🇹🇸", "TICKETS"),
    # marks
    ("z̷̢̛̖̎a̶l̵g̷o̴", "zalgo"),
    ("f" + "\u0301" * 5000 + "ree", "free"),
    ("f\u0336r\u0336e\u0301e\u0301\u0302 tickets", "free tickets"),
    # letters repeated
    ("freeeeee tickettts", "free tickets"),
    ("scaaaam", "scam"),
    ("бесплааааатно", "бесплаатно"),
    # several at once
    ("f\u200br\u200b3\u200b3 tісkеt$", "free tickets"),
]

HONEST = [
    "Größe, Straße, Schifffahrt, Flussschifffahrt, Stilllegung",
    "Une façade, un garçon, l'été, l’œuvre",
    "Zażółć gęślą jaźń, Łódź",
    "İstanbul'da ışık ve gölge, çağrı",
    "Tiếng Việt có dấu",
    "Ẹ́kọ́ jẹ́ dídára",
    "Привет, как дела? Он сон рот, а о с и",
    "Пришли мне СМС или SMSку, если кабель не подходит к телефону",
    "Ελλάδα, καλημέρα, ο τόπος, τα νέα",
    "The Russian word сон means dream",
    "नमस्ते, क्या हाल है, क्षत्रिय",
    "สวัสดีครับ น้ำ",
    "مرحبا بكم في می\u200cخواهم",
    "क्\u200dष श्री\u200cमान",
    "שָׁלוֹם",
    "안녕하세요 ㅋㅋㅋㅋ",
    "こんにちは、東京タワー、ガギグ、草草草草",
    "今天天气很好,哈哈哈哈",
    "B2B, covid19, mp3, h264, i18n, l10n, a11y, p2p, 4th, 10am, 3rd, v1.2.3, md5sum, log4j, RTX3080Ti",
    "50% off, $20, €5, US$5, 10:30, 2026-11-25, H2O, 5G, 1.2.3.4, row11, team5, m², 1½",
    "me.c00l@example.com, https://ex4mple.com/fr33/t1ckets?a=b, www.example.com, /home/us3r/b1n",
    "@us3r0ne #t1ckets",
    "x = $port; echo $HOME; f(x) = a*b*c*d; foo_bar a_b_c __init__",
    "U.S.A., U.S., e.g., a.k.a., q.e.d., a b test, J. R. R. Tolkien",
    "A B C D, a/b/c, a, b, c, x y z, C D E F G A B",
    "AAA www III viii hmm zzz, Ke$ha, A$AP, $AAPL",
    "I/O and/or w/o s/he, X-ray T-shirt",
    "Wow! Really?! Yes!!! yes!no",
    "😀 🎉 👍 🇩🇪🇫🇷",
    "5 μm, βαγ, ΔT, γ rays, naïve, Quell™",
    "powerlevel10k, lao3tan3, ᆢ결혼 ᆢ",
]


@pytest.mark.parametrize(("trick", "plain"), TRICKS)
def test_a_trick_is_undone(trick: str, plain: str) -> None:
    """What a person reads past is gone."""
    assert normalise(trick).text == plain


@pytest.mark.parametrize("honest", HONEST)
def test_honest_text_is_left_alone(honest: str) -> None:
    """Nothing is changed that was not a trick."""
    assert normalise(honest).text == honest


@pytest.mark.parametrize(
    ("text", "word", "original"),
    [
        ("buy fr33 t1ck3ts now", "tickets", "t1ck3ts"),
        ("buy f r e e stuff", "free", "f r e e"),
        ("a ti\u200bck\u200bets b", "tickets", "ti\u200bck\u200bets"),
        ("😀 ｆｒｅｅ 😀", "free", "ｆｒｅｅ"),
        ("5㎏", "k", "㎏"),
        ("sooo scaaaam, no", "scam", "scaaaam"),
    ],
)
def test_a_place_is_found_again(text: str, word: str, original: str) -> None:
    """The span of a word in the readable text is the span of what was written for it."""
    readable = normalise(text)
    start = readable.text.index(word)

    first, last = readable.span(start, start + len(word))

    assert text[first:last] == original


def test_an_empty_span_stays_empty() -> None:
    """Nothing in the readable text is nothing in the original."""
    assert normalise("f r e e").span(2, 2) == (4, 4)


SIGNS = "ae  .-_0134$@!сеaрtTIx\u0301\u0336\u200b\u200dक्éßﬁ㎏🇩🇪ﷺㄱ가😀8€/\ud800"
SNIPPETS = [*SIGNS, "fr33", "t1ck", " f r e e "]
TEXTS = st.one_of(st.text(max_size=80), st.lists(st.sampled_from(SNIPPETS), max_size=25).map("".join))


@given(TEXTS)
@settings(max_examples=200, deadline=None)
def test_any_text_can_be_read(text: str) -> None:
    """Nothing raises, the result is bounded, its places are in order and inside the original."""
    readable = normalise(text)

    assert len(readable.text) <= 4 * len(text)
    assert len(readable.offsets) == len(readable.text) + 1
    assert list(readable.offsets) == sorted(readable.offsets)
    assert readable.offsets[-1] == len(text)
    assert "\ud800" not in readable.text


@given(TEXTS)
@settings(max_examples=200, deadline=None)
def test_every_character_came_from_somewhere(text: str) -> None:
    """The span of each readable character is a part of the original, never empty."""
    readable = normalise(text)

    spans = [readable.span(place, place + 1) for place in range(len(readable.text))]

    assert all(0 <= first < last <= len(text) for first, last in spans)


@given(TEXTS)
@settings(max_examples=200, deadline=None)
def test_reading_twice_changes_nothing(text: str) -> None:
    """A readable text is its own reading."""
    once = normalise(text).text

    assert normalise(once).text == once


@given(TEXTS)
@settings(max_examples=200, deadline=None)
def test_the_key_of_a_key_is_itself(text: str) -> None:
    """Literal keys have single spaces and do not change when made again."""
    key = literal_key(text)

    assert literal_key(key) == key
    assert key == " ".join(key.split())


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("Free   TICKETS!", "free tickets"),
        ("fr33 t1ck3ts", "free tickets"),
        ("f,r;e:e", "free"),  # a disguise only once the punctuation is gone
        ("Straße 7", "strasse 7"),
        ("İstanbul, ISPARTA, ısparta", "istanbul isparta isparta"),
        ("नमस्ते, दुनिया!", "नमस्ते दुनिया"),
        ("می\u200cخواهم", "میخواهم"),
        ("今天，天气", "今天 天气"),
        ("?!…", ""),
    ],
)
def test_a_key_is_the_words_alone(text: str, key: str) -> None:
    """Case, punctuation and disguises are gone; vowel signs stay with their letters."""
    assert literal_key(text) == key


@pytest.mark.parametrize(
    "piece",
    ["a", "a ", "a.", "/", "xyyy", "a1", "$", "a@", "\u0301", "\u200da", "f r e e ", "今", "ㄱ", "ﷺ", "🇩"],
)
def test_long_monotony_is_read(piece: str) -> None:
    """Ten thousand code points of the same thing are read like any text."""
    text = (piece * 10_000)[:10_000]

    readable = normalise(text)

    assert readable.offsets[-1] == len(text)
    assert len(readable.text) <= 4 * len(text)
