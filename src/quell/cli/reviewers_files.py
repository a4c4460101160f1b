"""The files that define a reviewer on the command line."""

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import typer

from quell.errors import InvalidRequestBody


def definition_of(policy: Path | None, labels: Sequence[str], examples: Path | None) -> dict[str, Any]:
    """Return the members of a definition, from a JSON file or from labels on the command line."""
    if (policy is None) == (not labels):
        raise typer.BadParameter("Give a file with --policy, or the labels with --label, not both.")
    if policy is None:
        return {"labels": [_label(one) for one in labels]}
    try:
        members = json.loads(read_bytes(policy))
    except ValueError:
        raise InvalidRequestBody(f"{policy} is not valid JSON.") from None
    if not isinstance(members, dict):
        raise InvalidRequestBody(f"{policy} must hold a JSON object.")
    if examples is not None and members.get("examples"):
        raise typer.BadParameter("The policy has examples of its own; give them in one place.")
    return members


def read_bytes(path: Path) -> bytes:
    """Return a file, `-` for what is piped in."""
    try:
        return sys.stdin.buffer.read() if str(path) == "-" else path.read_bytes()
    except OSError as error:
        raise InvalidRequestBody(f"{path} cannot be read: {error.strerror}.") from None


def _label(text: str) -> dict[str, str]:
    name, equals, description = text.partition("=")
    if not equals:
        raise typer.BadParameter(f"'{text}' is no label; write NAME=DESCRIPTION.")
    return {"labelName": name, "description": description}
