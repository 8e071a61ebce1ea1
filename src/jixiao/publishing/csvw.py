"""Tables as CSV with CSVW metadata, from which any CSVW processor makes the same triples again.

A property of which a thing may have several values has a table of its own: thing and value.
"""

import csv
import json
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, TextIO

from jixiao.atomic_files import writing_folder
from jixiao.publishing.table_schema import IRI, Column, Table, plan, rows
from jixiao.store.store import Store

METADATA = "csv-metadata.json"
_NO_VALUE = "\u2400"  # what no text is: in tables where nothing is missing, a blank is a value


def write(store: Store, path: Path) -> None:
    """Write the tables and their metadata to a folder."""
    tables = plan(store)
    with writing_folder(path) as folder, ExitStack() as stack:
        files = {
            name: csv.writer(stack.enter_context(_opened(folder / f"{name}.csv")))
            for table in tables.values()
            for name in _header(table)
        }
        for table in tables.values():
            for name, header in _header(table).items():
                files[name].writerow(header)
        for row in rows(store, tables):
            single = [row.values.get(c.key, [""])[0] for c in _single(row.table)]
            files[row.table.name].writerow([row.iri, *single])
            for column in _several(row.table):
                for value in row.values.get(column.key, []):
                    files[_own(row.table, column)].writerow([row.iri, value])
        described = [_described(t) for table in tables.values() for t in _tables(table)]
        metadata = {"@context": "http://www.w3.org/ns/csvw", "tables": described}
        text = json.dumps(metadata, ensure_ascii=False, indent=1)
        (folder / METADATA).write_text(text, encoding="utf-8")


def _opened(path: Path) -> TextIO:
    return path.open("w", encoding="utf-8", newline="")


def _single(table: Table) -> list[Column]:
    return [c for c in table.columns.values() if not (c.several or c.blank)]


def _several(table: Table) -> list[Column]:
    return [c for c in table.columns.values() if c.several or c.blank]


def _own(table: Table, column: Column) -> str:
    return f"{table.name}.{column.name}"


def _header(table: Table) -> dict[str, list[str]]:
    """Return the headers of a table and of those of its properties, by the file's name."""
    own = {_own(table, column): ["id", column.name] for column in _several(table)}
    return {table.name: ["id", *(column.name for column in _single(table))], **own}


def _tables(table: Table) -> Iterator[tuple[str, list[Column], bool]]:
    yield table.name, _single(table), True
    for column in _several(table):
        yield _own(table, column), [column], False


def _described(table: tuple[str, list[Column], bool]) -> dict[str, Any]:
    name, columns, whole = table
    about = {"name": "id", "titles": "id", "datatype": "anyURI", "required": True,
             "suppressOutput": True}  # fmt: skip
    described = [_column(column) for column in columns]
    if whole:
        schema: dict[str, Any] = {"primaryKey": "id"}
    else:
        schema = {"null": _NO_VALUE}
    schema |= {"aboutUrl": "{+id}", "columns": [about, *described]}
    return {"url": f"{name}.csv", "tableSchema": schema}


def _column(column: Column) -> dict[str, Any]:
    told = {"name": column.name, "titles": column.name, "propertyUrl": column.key.predicate}
    if column.key.kind == IRI:
        return {**told, "valueUrl": f"{{+{column.name}}}"}
    if column.key.language:
        return {**told, "datatype": "string", "lang": column.key.language}
    return {**told, "datatype": column.key.kind.partition("#")[2]}
