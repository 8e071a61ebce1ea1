"""Tables as Parquet, typed; what a column stands for is in its field's metadata.

Texts of a language, IRIs and dates are strings; numbers and truth values are what they are.
"""

from contextlib import ExitStack
from decimal import Decimal
from importlib import import_module
from pathlib import Path
from typing import Any

from jixiao.atomic_files import writing_folder
from jixiao.errors import UsageError
from jixiao.publishing.table_schema import BOOLEAN, DECIMAL, INTEGER, Column, Row, Table, plan, rows
from jixiao.store.store import Store

_ROWS = 2_000  # written at once


def write(store: Store, path: Path) -> None:
    """Write a file a table to a folder; raises `UsageError` where pyarrow is not installed."""
    try:
        pyarrow: Any = import_module("pyarrow")  # it has no type hints
        writer: Any = import_module("pyarrow.parquet").ParquetWriter
    except ImportError as error:
        raise UsageError("parquet-missing") from error
    tables = plan(store)
    with writing_folder(path) as folder, ExitStack() as stack:
        schemas = {table.name: _schema(pyarrow, table) for table in tables.values()}
        files = {
            name: stack.enter_context(writer(folder / f"{name}.parquet", schema))
            for name, schema in schemas.items()
        }
        waiting: dict[str, list[dict[str, Any]]] = {name: [] for name in files}

        def flush(name: str) -> None:
            batch = pyarrow.RecordBatch.from_pylist(waiting[name], schema=schemas[name])
            files[name].write_batch(batch)
            waiting[name].clear()

        for row in rows(store, tables):
            waiting[row.table.name].append(_values(row))
            if len(waiting[row.table.name]) == _ROWS:
                flush(row.table.name)
        for name in waiting:
            flush(name)


def _schema(pyarrow: Any, table: Table) -> Any:
    fields = [pyarrow.field("id", pyarrow.string(), nullable=False)]
    for column in table.columns.values():
        kind = _type(pyarrow, column)
        kind = pyarrow.list_(kind) if column.several else kind
        metadata = {"property": column.key.predicate, "kind": column.key.kind}
        fields.append(pyarrow.field(column.name, kind, metadata=metadata))
    return pyarrow.schema(fields, metadata={"class": table.about})


def _type(pyarrow: Any, column: Column) -> Any:
    numbers = {
        INTEGER: pyarrow.int64(),
        BOOLEAN: pyarrow.bool_(),
        DECIMAL: pyarrow.decimal128(38, column.digits),
    }
    return numbers.get(column.key.kind, pyarrow.string())


def _values(row: Row) -> dict[str, Any]:
    values: dict[str, Any] = {"id": row.iri}
    for key, lexical in row.values.items():
        column = row.table.columns[key]
        plain = [_plain(key.kind, value) for value in lexical]
        values[column.name] = plain if column.several else plain[0]
    return values


def _plain(kind: str, value: str) -> str | int | bool | Decimal:
    if kind == INTEGER:
        return int(value)
    if kind == DECIMAL:
        return Decimal(value)
    return value in ("true", "1") if kind == BOOLEAN else value
