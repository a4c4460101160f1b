"""Runs the command line in a process of its own, around an encoder that is tiny, or slow if asked."""

import time
from typing import Any

import quell.app
from quell.cli import main
from quell.encoders.routing import EncoderSet
from tests.doubles import TinyEncoder, TinyHarms, tiny_background
from tests.reviewers.bench import tiny_engine


class SlowEncoder(TinyEncoder):
    """Takes its time where a text asks for it."""

    def encode(self, text: str) -> Any:
        """Return the text as one vector."""
        if "slowly" in text:
            time.sleep(1)
        return super().encode(text)


def _backgrounds(encoders: EncoderSet) -> dict[str, Any]:
    return {name: tiny_background(encoders[name]) for name in encoders.names}


quell.app.load_encoders = lambda *_: EncoderSet(SlowEncoder())  # type: ignore[assignment]
quell.app.load_harms = TinyHarms  # type: ignore[assignment]
quell.app.load_reviewer_engine = tiny_engine
quell.app.load_backgrounds = _backgrounds  # type: ignore[assignment]

if __name__ == "__main__":
    main()
