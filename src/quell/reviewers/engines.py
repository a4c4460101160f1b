"""The engines of a server by name, each made when it is first needed."""

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from quell.errors import InvalidRequestBody
from quell.reviewers.domain import ReviewerEngine

Bring = Callable[[str, str], ReviewerEngine]
"""Makes an engine of a caller's endpoint and deployment; raises InvalidRequestBody where that is barred."""


@dataclass(frozen=True, slots=True)
class EngineFacts:
    """An engine by name, the revision of what it builds, and the model it asks, if it asks one."""

    name: str
    revision: str
    model: str | None = None


class Engines:
    """What can build and load reviewers; safe to use from several threads.

    `waits` names the engines that wait for another server: they are kept away from the encoders' workers.
    `facts` describe the engines without making one.
    """

    def __init__(
        self,
        makers: Mapping[str, Callable[[], ReviewerEngine]],
        default: str,
        *,
        waits: frozenset[str] = frozenset(),
        bring: Bring | None = None,
        facts: Sequence[EngineFacts] = (),
    ) -> None:
        self.default = default
        self.waits = waits
        self.bring = bring
        self.facts = tuple(facts)
        self._makers = dict(makers)
        self._made: dict[str, ReviewerEngine] = {}
        self._making = threading.Lock()

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all engines."""
        return tuple(self._makers)

    def check(self, name: str | None) -> str:
        """Return the name of an engine that this server has, the default one for None; or refuse."""
        if name is None:
            return self.default
        if name not in self._makers:
            known = ", ".join(f"'{one}'" for one in self._makers)
            raise InvalidRequestBody(
                f"The field 'engine' must be one of {known}: this server has no other.", target="engine"
            )
        return name

    def __getitem__(self, name: str) -> ReviewerEngine:
        with self._making:
            if name not in self._made:
                if name not in self._makers:
                    raise InvalidRequestBody(f"This server has no engine '{name}' any more.", target="engine")
                self._made[name] = self._makers[name]()
            return self._made[name]
