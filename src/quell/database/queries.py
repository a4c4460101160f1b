"""Named SQL: each query of a `.sql` file has a name and one sentence that says what it is for.

The first line of a query is `-- name: add-sample`, the second `-- Stores one sample of an incident.`
"""

import re
from collections.abc import Iterator, Mapping
from importlib.resources import files

_HEAD = re.compile(r"^-- name: (?P<name>[a-z][a-z0-9-]*)\n-- (?P<sentence>\S.*)\n", re.MULTILINE)


class Queries(Mapping[str, str]):
    """The queries of one file, by name."""

    def __init__(self, source: str, origin: str = "queries") -> None:
        heads = list(_HEAD.finditer(source))
        if source.count("-- name:") != len(heads):
            raise ValueError(f"{origin}: each query needs a name and, below it, one sentence")
        self._origin = origin
        self._sql: dict[str, str] = {}
        self.sentences: dict[str, str] = {}
        for number, head in enumerate(heads):
            end = heads[number + 1].start() if number + 1 < len(heads) else len(source)
            name = head["name"]
            if name in self._sql:
                raise ValueError(f"{origin}: the query {name} is there twice")
            self._sql[name] = source[head.end() : end].strip().rstrip(";")
            self.sentences[name] = head["sentence"]

    def __getitem__(self, name: str) -> str:
        return self._sql[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._sql)

    def __len__(self) -> int:
        return len(self._sql)


def load(package: str, file: str = "queries.sql") -> Queries:
    """Return the queries that lie in a package beside its code."""
    return Queries(files(package).joinpath(file).read_text(encoding="utf-8"), f"{package}/{file}")


def statements(script: str) -> list[str]:
    """Return the statements of a script, each ended by a semicolon at the end of a line."""
    code = re.sub(r"^\s*--.*$", "", script, flags=re.MULTILINE)
    return [part.strip() for part in re.split(r";\s*$", code, flags=re.MULTILINE) if part.strip()]
