"""Languages are told apart offline, above all English from the rest."""

from concurrent.futures import ThreadPoolExecutor

import pytest

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


@pytest.mark.parametrize(("language", "text"), TEXTS)
def test_a_plain_sentence_is_told(language: str, text: str) -> None:
    """An everyday sentence is given its language."""
    assert detect(text) == language


@pytest.mark.parametrize("text", ["", "   ", "12345", "😀😀", "?!"])
def test_a_text_without_letters_has_no_language(text: str) -> None:
    """Nothing to read, nothing claimed."""
    assert detect(text) == "und"


@pytest.mark.parametrize("text", ["hi", "ok", "tickets", "lol"])
def test_a_word_in_plain_letters_counts_as_english(text: str) -> None:
    """Where nothing can be told, the likeliest language is taken."""
    assert detect(text) == "en"


def test_every_thread_gets_the_same_answer() -> None:
    """Asked from eight threads at once, each text has one language."""
    texts = [text for _, text in TEXTS] * 40
    alone = [detect(text) for text in texts]

    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(detect, texts))

    assert together == alone
