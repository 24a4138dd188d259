"""A table as Arrow, block by block, and as Parquet: units, uncertainties and descriptions with the columns."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import TYPE_CHECKING, Any

from analysis.exports.table import Table, joined
from analysis.history.columns import Column, Kind

if TYPE_CHECKING:
    import pyarrow as pa

# A block is a row group: wide enough for a column of it to be worth reading alone, some 30,000 batches.
BLOCK_BYTES = 8 * 1024 * 1024


def schema_of(table: Table) -> pa.Schema:
    """Return the Arrow schema; each field's metadata are what is known about its column."""
    import pyarrow as pa  # only here: no page of the notebook needs it

    types = {
        Kind.WORD: pa.string(),
        Kind.TIME: pa.timestamp("us", "UTC"),
        Kind.NUMBER: pa.float64(),
    }
    return pa.schema(
        pa.field(
            column.name,
            pa.int64() if column.whole else types[column.kind],
            metadata=metadata_of(column, table),
        )
        for column in table.columns
    )


def metadata_of(column: Column, table: Table) -> dict[str, str]:
    """Return what is known about a column: its words, its unit, where its uncertainty stands."""
    choices = {word: str(said) for word, said in column.choices.items()}
    known = {
        "label": str(column.label),
        "description": column.description,
        "unit": column.unit,
        "uncertainty": table.uncertainty_of(column),
        "choices": json.dumps(choices, ensure_ascii=False) if choices else "",
    }
    return {name: text for name, text in known.items() if text}


class ArrowReader:
    """Reads the blocks that COPY writes as CSV into Arrow."""

    def __init__(self, schema: pa.Schema) -> None:
        from pyarrow import csv

        self.schema = schema
        self._csv = csv
        # An empty text is quoted, what is not known is not.
        self._convert = csv.ConvertOptions(
            column_types=schema,
            null_values=[""],
            strings_can_be_null=True,
            quoted_strings_can_be_null=False,
        )
        self._parse = csv.ParseOptions(newlines_in_values=True)

    def read(self, block: bytes) -> pa.Table:
        """Return whole rows as a table, whose fields have the metadata of the schema."""
        import pyarrow as pa

        # In one piece: Arrow cannot know where to divide what has line breaks in its cells.
        options = self._csv.ReadOptions(
            block_size=len(block) + 1, column_names=self.schema.names, use_threads=False
        )
        found = self._csv.read_csv(pa.BufferReader(block), options, self._parse, self._convert)
        return found.cast(self.schema)


class _Sink(io.RawIOBase):
    """Takes what a writer writes, and gives it away."""

    def __init__(self) -> None:
        self.kept, self.place = bytearray(), 0

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self.kept += data
        self.place += len(data)
        return len(data)

    def tell(self) -> int:
        return self.place

    def take(self) -> bytes:
        taken = bytes(self.kept)
        self.kept.clear()
        return taken


def write_parquet(table: Table) -> Iterator[bytes]:
    """Yield the table as Parquet, a row group at a time; one is written while the next is read."""
    import pyarrow as pa
    from pyarrow import parquet

    schema = schema_of(table)
    reader, sink = ArrowReader(schema), _Sink()
    words = [column.name for column in table.columns if column.kind is Kind.WORD]  # that repeat
    with (
        parquet.ParquetWriter(sink, schema, use_dictionary=words) as writer,
        closing(joined(table.copy(), BLOCK_BYTES)) as blocks,
        ThreadPoolExecutor(1) as beside,
    ):
        waiting = None
        for block in blocks:
            if waiting is not None:
                waiting.result()
                yield sink.take()
            waiting = beside.submit(lambda text: writer.write_table(reader.read(text)), block)
        if waiting is not None:
            waiting.result()
    yield sink.take()
    pa.default_memory_pool().release_unused()
