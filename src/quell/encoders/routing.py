"""Which encoders read which text."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from quell.encoders.base import TextEncoder


class EncoderSet:
    """One general encoder for every language, and special ones that read one language, but better.

    Two texts can be compared where the same encoder reads both. A sample is read by every encoder that may
    read a text it should catch: an English sample meets English texts in the special encoder for English and
    all others in the general one; a Hindi sample meets everything in the general one.
    """

    def __init__(
        self,
        general: TextEncoder,
        special: Mapping[str, TextEncoder] = MappingProxyType({}),
        detect: Callable[[str], str] = lambda _: "und",
    ) -> None:
        self._general = general
        self._special = dict(special)
        self._detect = detect
        self._by_name = {encoder.name: encoder for encoder in (general, *self._special.values())}

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all encoders, the general one first."""
        return tuple(self._by_name)

    def __getitem__(self, name: str) -> TextEncoder:
        return self._by_name[name]

    def language(self, text: str) -> str:
        """Return the ISO 639 code of a text's language, or "und"."""
        return self._detect(text)

    def for_sample(self, text: str) -> tuple[str, ...]:
        """Name the encoders for a sample: the special one of its language, if any, and the general one."""
        special = self._special_for(text)
        return (self._general.name,) if special is None else (special.name, self._general.name)

    def for_text(self, text: str, *, foreign_samples: bool = False) -> tuple[str, ...]:
        """Name the encoders for a text, the best one first.

        `foreign_samples`: whether the samples to compare with hold any that the special encoder of the text's
        language did not read; then the general one has to read the text, too.
        """
        special = self._special_for(text)
        if special is None:
            return (self._general.name,)
        return (special.name, self._general.name) if foreign_samples else (special.name,)

    def for_language(self, language: str) -> str:
        """Name the best encoder for texts of a language."""
        special = self._special.get(language)
        return self._general.name if special is None else special.name

    def _special_for(self, text: str) -> TextEncoder | None:
        return self._special.get(self._detect(text)) if self._special else None
