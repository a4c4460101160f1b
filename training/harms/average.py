"""Averages the weights of two checkpoints of one run continued.

python -m training.harms.average FIRST SECOND --share 0.7 --out MIXED

Such weights lie close together, so that their average is a network too, and keeps most of what each knows.
"""

import argparse
from pathlib import Path

import torch
from torch import Tensor


def average(first: dict[str, Tensor], second: dict[str, Tensor], share: float) -> dict[str, Tensor]:
    """Give `share` of the second and the rest of the first; whole numbers stay those of the first."""
    return {
        name: torch.lerp(value, second[name], share) if value.is_floating_point() else value
        for name, value in first.items()
    }


def main() -> None:
    """Read two files of `training.harms.train`, write one that `training.harms.ship` takes."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("first", type=Path)
    parser.add_argument("second", type=Path)
    parser.add_argument("--share", type=float, default=0.5, help="Of the second, 0 to 1.")
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    first, second = (torch.load(path, weights_only=False) for path in (arguments.first, arguments.second))
    if first["layers"] != second["layers"] or first["network"].keys() != second["network"].keys():
        parser.error("these are not checkpoints of the same network")
    mixed = average(first["network"], second["network"], arguments.share)
    note = {"first": str(arguments.first), "second": str(arguments.second), "share": arguments.share}
    torch.save({"network": mixed, "layers": first["layers"], "note": note}, arguments.out)


if __name__ == "__main__":
    main()
