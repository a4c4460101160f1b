"""The coverage-guided fuzzer over one target: `python -m tests.fuzzing TARGET [-runs=N] [libFuzzer options]`.

It ends with 0 when the runs found nothing; a fault ends it with the trace and the input that led to it.
"""

import sys
import tempfile
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["quell"], enable_loader_override=False):
    from tests.fuzzing.targets import SEEDS, TARGETS


def _planted(data: bytes) -> None:
    """Raise a fault that only coverage leads to: it shows that the fuzzer finds what there is."""
    if data[:1] == b"Q" and data[1:2] == b"u" and data[2:3] == b"e":
        raise AssertionError("the planted fault")


def main() -> None:
    """Fuzz the target that the first argument names."""
    name, options = sys.argv[1], sys.argv[2:]
    target = atheris.instrument_func(_planted) if name == "planted" else TARGETS[name]
    with tempfile.TemporaryDirectory() as folder:
        for number, seed in enumerate(SEEDS.get(name, ())):
            Path(folder, str(number)).write_bytes(seed)
        atheris.Setup([sys.argv[0], *options, f"-artifact_prefix={folder}/", folder], target)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
