"""Every parser of ours holds against any bytes; long runs are nightly."""

import subprocess
import sys

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.fuzzing.targets import SEEDS, TARGETS


def _fuzzed(name: str, runs: int) -> subprocess.CompletedProcess[str]:
    command = [
        sys.executable,
        "-m",
        "tests.fuzzing",
        name,
        f"-runs={runs}",
        "-max_len=4096",
        "-seed=20261125",
    ]
    return subprocess.run(command, capture_output=True, text=True, timeout=3000, check=False)


@pytest.mark.parametrize("name", TARGETS)
def test_seeds_and_their_mutants_are_read_or_refused(name: str) -> None:
    """What is near to a sound input never ends in another error than a refusal."""
    seeds = SEEDS[name]

    @settings(max_examples=150, deadline=None, database=None)
    @given(st.sampled_from(seeds), st.integers(0, 80), st.integers(0, 12), st.binary(max_size=12))
    @example(seeds[0], 0, 0, b"")
    def mutated(seed: bytes, at: int, cut: int, inserted: bytes) -> None:
        TARGETS[name](seed[:at] + inserted + seed[at + cut :])

    mutated()


def test_the_fuzzer_finds_a_planted_fault() -> None:
    """A fault behind three bytes is found by coverage: a run that finds nothing means something."""
    run = _fuzzed("planted", 200_000)

    assert run.returncode != 0
    assert "the planted fault" in run.stderr + run.stdout


@pytest.mark.nightly
@pytest.mark.parametrize("name", TARGETS)
def test_the_fuzzer_finds_nothing(name: str) -> None:
    """A long run over a parser ends without a fault."""
    run = _fuzzed(name, 300_000)

    assert run.returncode == 0, run.stderr[-4000:]
