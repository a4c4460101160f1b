"""Which buckets a text fills, and what they weigh together."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from quell.harms.fragments import LONGEST, Fragments, buckets

BITS = 12


def test_buckets_stay_what_the_shipped_table_was_trained_on() -> None:
    """Another hash would read the weights of other fragments."""
    assert buckets("Ab c", 17).tolist() == [
        2583,
        2850,
        4389,
        12614,
        18634,
        22804,
        28813,
        29956,
        33205,
        43330,
        76546,
        87944,
        98676,
        119201,
        121048,
        129337,
        130248,
    ]


@given(st.text(max_size=60))
def test_any_text_fills_a_bucket(text: str) -> None:
    """Buckets are different ones, in order, within the table."""
    found = buckets(text, BITS)

    assert len(found) > 0
    assert (np.diff(found) > 0).all()
    assert 0 <= found[0] <= found[-1] < 2**BITS


@pytest.mark.parametrize("same", ["A quiet  EVENING", " a quiet evening\n"])
def test_case_and_blanks_do_not_count(same: str) -> None:
    """Letters and words do."""
    assert buckets(same, BITS).tolist() == buckets("a quiet evening", BITS).tolist()
    assert buckets("a quiet evening", BITS).tolist() != buckets("a quiet morning", BITS).tolist()


def test_a_run_is_the_same_wherever_it_stands() -> None:
    """What a word fills at the start of a text, it fills behind a thousand characters, too."""
    alone = set(buckets("harvest", 40).tolist())

    assert alone <= set(buckets("tea " * 300 + "harvest", 40).tolist())


def test_a_slip_leaves_most_of_a_word() -> None:
    """Runs that the wrong letter does not touch stay, which is what the words alone could not give."""
    right, slipped = (set(buckets(word, 40).tolist()) for word in ("neighbourhood", "neighborhood"))

    assert len(right & slipped) > len(right) / 2


def test_a_text_of_any_length_is_read_up_to_the_longest() -> None:
    """No text costs more than that."""
    text = "".join(chr(0x4E00 + number) for number in range(LONGEST + 500))

    assert buckets(text, 40).tolist() == buckets(text[:LONGEST], 40).tolist()


def test_scores_are_weights_evened_out_by_their_number(tmp_path: Path) -> None:
    """A table of ones gives the root of the number of buckets, for every category."""
    np.save(tmp_path / "table.npy", np.tile(np.array([1, -2], np.int8), (2**BITS, 1)))

    found = Fragments(tmp_path / "table.npy").scores("a quiet evening")

    root = np.sqrt(len(buckets("a quiet evening", BITS)))
    assert found.tolist() == pytest.approx([root, -2 * root])
