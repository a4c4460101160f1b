"""Parquet, read a batch at a time out of one row group."""

import io
from collections.abc import Iterator
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from quell.errors import InvalidRequestBody
from quell.sweep.domain import Columns, Item, Place, Shard
from quell.sweep.lines import id_text

_BATCH = 512
_BUFFER = 1024 * 1024


class PlaceFile(io.RawIOBase):
    """A file of a place as Arrow reads it."""

    def __init__(self, place: Place, name: str) -> None:
        self._place = place
        self._name = name
        self._size = place.size(name)
        self._at = 0

    def readable(self) -> bool:
        """Say yes."""
        return True

    def seekable(self) -> bool:
        """Say yes."""
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a byte."""
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        self._at = base + offset
        return self._at

    def tell(self) -> int:
        """Return the byte that is read next."""
        return self._at

    def read(self, size: int = -1) -> bytes:
        """Return bytes from here on."""
        length = max(0, self._size - self._at) if size < 0 else size
        content = self._place.read(self._name, self._at, length) if length else b""
        self._at += len(content)
        return content


def open_parquet(place: Place, name: str, columns: Columns) -> pq.ParquetFile:
    """Open a file and check its columns; raises InvalidRequestBody."""
    try:
        file = pq.ParquetFile(pa.PythonFile(PlaceFile(place, name), "r"), buffer_size=_BUFFER)
    except (pa.ArrowException, OSError) as error:
        if isinstance(error, InvalidRequestBody):
            raise
        raise InvalidRequestBody(f"'{name}' is not Parquet.", target="source") from None
    schema = file.schema_arrow
    if columns.text not in schema.names or (columns.id_required and columns.id not in schema.names):
        missing = columns.text if columns.text not in schema.names else columns.id
        raise InvalidRequestBody(f"'{name}' has no column '{missing}'.", target="source")
    kind = schema.field(columns.text).type
    inner = kind.value_type if pa.types.is_dictionary(kind) else kind
    if not (pa.types.is_string(inner) or pa.types.is_large_string(inner) or pa.types.is_string_view(inner)):
        raise InvalidRequestBody(f"The column '{columns.text}' of '{name}' is not text.", target="source")
    return file


class ParquetRows:
    """Reads shards; one that follows another in its row group goes on where that one ended."""

    def __init__(self, place: Place, columns: Columns) -> None:
        self._place = place
        self._columns = columns
        self._key: tuple[str, int] | None = None
        self._at = 0
        self._batches: Iterator[Any] = iter(())
        self._left: Any = None

    def read(self, shard: Shard) -> Iterator[Item]:
        """Yield the rows of a shard; where the file breaks off, every row from there on is a fault."""
        done = 0
        try:
            self._go_to(shard)
            while done < shard.rows:
                part = self._take(shard.rows - done)
                if part is None:
                    break
                for item in self._items(shard, part, done):
                    done += 1
                    yield item
        except (pa.ArrowException, OSError):
            self._key = None
        for number in range(done, shard.rows):
            yield Item(
                shard.first + number,
                shard.file,
                shard.line + number,
                fault="The row cannot be read: its file is damaged.",
            )

    def _go_to(self, shard: Shard) -> None:
        key = (shard.file, shard.group)
        if self._key != key or self._at > shard.start:
            file = open_parquet(self._place, shard.file, self._columns)
            present = [
                name for name in (self._columns.text, self._columns.id) if name in file.schema_arrow.names
            ]
            self._batches = file.iter_batches(
                _BATCH, row_groups=[shard.group], columns=[*dict.fromkeys(present)]
            )
            self._key, self._at, self._left = key, 0, None
        while self._at < shard.start and self._take(shard.start - self._at) is not None:
            pass

    def _take(self, most: int) -> Any:  # noqa: ANN401 - Arrow carries no types
        """Return at most so many of the next rows, None at the end of the row group."""
        if self._left is None:
            self._left = next(self._batches, None)
            if self._left is None:
                return None
        part = self._left.slice(0, most)
        rest = self._left.slice(part.num_rows)
        self._left = rest if rest.num_rows else None
        self._at += part.num_rows
        return part

    def _items(self, shard: Shard, part: Any, done: int) -> Iterator[Item]:  # noqa: ANN401 - Arrow carries no types
        texts = part.column(self._columns.text)
        named = self._columns.id in part.schema.names
        ids = part.column(self._columns.id).to_pylist() if named else [None] * part.num_rows
        for number, (scalar, name) in enumerate(zip(texts, ids, strict=True), start=done):
            where = (shard.first + number, shard.file, shard.line + number, id_text(name))
            try:
                text = scalar.as_py()
            except UnicodeDecodeError:
                yield Item(*where, fault="The row is not UTF-8.")
                continue
            if text is None:
                yield Item(*where, fault=f"The row has no text in '{self._columns.text}'.")
            else:
                yield Item(*where, text)
