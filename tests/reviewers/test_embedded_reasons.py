"""The sentences that say what decided a review."""

from quell.reviewers.embedded_reasons import Carried, Grounds, Near, quoted, reasoning

SALE = Near("Selling my bike", "Sale", 0.81)
TALK = Near("Riding is fun", "Talk", 0.75)


def test_examples_that_agree_are_counted() -> None:
    """How many of the nearest examples have the label is said, with one of them."""
    said = reasoning(Grounds("Sale", 0.93, False, "Talk", 0.05, (SALE, SALE, TALK), SALE))

    assert said == (
        'Two of the 3 nearest examples are Sale, such as its example "Selling my bike" (similarity 0.81). '
        "Confidence 0.93."
    )


def test_a_nearest_example_of_another_label_is_admitted() -> None:
    """Where the nearest examples speak for another label, the reasons say so."""
    said = reasoning(Grounds("Sale", 0.5, False, "Talk", 0.4, (TALK, TALK, TALK), SALE))

    assert "although the nearest of all is of Talk" in said
    assert said.endswith("Confidence 0.50, next Talk with 0.40.")


def test_without_examples_the_description_is_named() -> None:
    """With no example of the label, its description is what decided."""
    said = reasoning(Grounds("Sale", 0.7, False, "Other", 0.3))

    assert said.startswith("The description of Sale is the closest.")


def test_a_part_that_turns_the_answer_is_told_from_one_that_only_counts() -> None:
    """Without the one, the answer changes; without the other, it only gets weaker."""
    turning = reasoning(Grounds("Sale", 0.7, False, "Other", 0.3, carried=Carried("for 5 pounds", "Other")))
    counting = reasoning(Grounds("Sale", 0.7, False, "Other", 0.3, carried=Carried("for 5 pounds", "Sale")))

    assert '"for 5 pounds" decided, without it the answer would be Other' in turning
    assert '"for 5 pounds" counted most' in counting


def test_long_texts_are_quoted_by_their_beginning() -> None:
    """A quotation stays on one line and ends with a sign that there is more."""
    said = quoted("one\ntwo " + "word " * 100)

    assert said.startswith('"one two word')
    assert said.endswith('…"')
    assert len(said) <= 83


def test_certainty_is_never_claimed_by_rounding() -> None:
    """From where two digits would say 1.00, the sentence says what is known."""
    said = [reasoning(Grounds("Sale", sure, False, "Talk", 0.001)) for sure in (0.994, 0.995, 0.9996, 1.0)]

    assert [one.rpartition("Confidence ")[2] for one in said] == ["0.99.", *["above 0.99."] * 3]
