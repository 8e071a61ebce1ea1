"""Writes tables as Parquet; the metadata of a field name the property and the kind of its values.

Numbers and truth values have types of their own; texts, IRIs and dates are strings, since dates
are as precise as they are stated ("2023-12") and no type of Parquet is.
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

_BATCH = 2_000  # rows of a table that are written together; the rest of the store is not in memory


def write(store: Store, path: Path) -> None:
    """Write a file for each table.

    Args:
        store: The store.
        path: The folder, new or empty or written by an earlier export.

    Raises:
        UsageError: pyarrow is not installed, or the folder holds something else.

    """
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
            if len(waiting[row.table.name]) == _BATCH:
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
        # 38 digits are the most that decimal128 has
        DECIMAL: pyarrow.decimal128(38, column.digits),
    }
    return numbers.get(column.key.kind, pyarrow.string())


def _values(row: Row) -> dict[str, Any]:
    values: dict[str, Any] = {"id": row.iri}
    for key, lexical in row.values.items():
        column = row.table.columns[key]
        typed = [_typed(key.kind, value) for value in lexical]
        values[column.name] = typed if column.several else typed[0]
    return values


def _typed(kind: str, value: str) -> str | int | bool | Decimal:
    if kind == INTEGER:
        return int(value)
    if kind == DECIMAL:
        return Decimal(value)
    return value in ("true", "1") if kind == BOOLEAN else value
