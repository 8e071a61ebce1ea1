"""Writes tables as CSV with CSVW metadata, from which any CSVW processor makes the same triples.

A property with several values of one thing has a table of its own: thing and value. See
docs/decisions/0008.
"""

import csv
import json
from contextlib import ExitStack
from pathlib import Path
from typing import Any, NamedTuple

from jixiao.atomic_files import writing_folder
from jixiao.publishing.table_schema import IRI, Column, Table, plan, rows
from jixiao.store.store import Store

METADATA = "csv-metadata.json"
# CSVW reads a blank cell as no value. In a table of one property every row has a value, which may
# be the blank text: a character that no text consists of ("␀") stands for no value instead.
_NO_VALUE = "\u2400"


class _File(NamedTuple):
    """A CSV file: a whole table, or one column of it."""

    name: str
    columns: list[Column]
    whole: bool


def write(store: Store, path: Path) -> None:
    """Write the tables of a store and their metadata.

    Args:
        store: The store.
        path: The folder, new or empty or written by an earlier export.

    Raises:
        UsageError: The folder holds something else, or cannot be written.

    """
    tables = plan(store)
    files = {table.about: _files(table) for table in tables.values()}
    with writing_folder(path) as folder, ExitStack() as stack:
        writers = dict[str, Any]()
        for file in (file for of_table in files.values() for file in of_table):
            target = folder / f"{file.name}.csv"
            opened = stack.enter_context(target.open("w", encoding="utf-8", newline=""))
            writers[file.name] = csv.writer(opened)
            writers[file.name].writerow(["id", *(column.name for column in file.columns)])
        for row in rows(store, tables):
            whole, *single_columns = files[row.table.about]
            values = [row.values.get(column.key, [""])[0] for column in whole.columns]
            writers[whole.name].writerow([row.iri, *values])
            for file in single_columns:
                for value in row.values.get(file.columns[0].key, []):
                    writers[file.name].writerow([row.iri, value])
        described = [_described(file) for of_table in files.values() for file in of_table]
        metadata = {"@context": "http://www.w3.org/ns/csvw", "tables": described}
        text = json.dumps(metadata, ensure_ascii=False, indent=1)
        (folder / METADATA).write_text(text, encoding="utf-8")


def _files(table: Table) -> list[_File]:
    """Return the files of a table: the whole first, then one for each column that needs it."""
    alone = [c for c in table.columns.values() if c.several or c.blank]
    together = [c for c in table.columns.values() if not (c.several or c.blank)]
    files = [_File(table.name, together, whole=True)]
    return files + [_File(f"{table.name}.{c.name}", [c], whole=False) for c in alone]


def _described(file: _File) -> dict[str, Any]:
    identity = {"name": "id", "titles": "id", "datatype": "anyURI", "required": True,
                "suppressOutput": True}  # fmt: skip
    schema: dict[str, Any] = {"primaryKey": "id"} if file.whole else {"null": _NO_VALUE}
    columns = [identity, *(_column(column) for column in file.columns)]
    return {
        "url": f"{file.name}.csv",
        "tableSchema": {**schema, "aboutUrl": "{+id}", "columns": columns},
    }


def _column(column: Column) -> dict[str, Any]:
    name = column.name
    described = {"name": name, "titles": name, "propertyUrl": column.key.predicate}
    if column.key.kind == IRI:
        return {**described, "valueUrl": f"{{+{name}}}"}
    if column.key.language:
        return {**described, "datatype": "string", "lang": column.key.language}
    return {**described, "datatype": column.key.kind.partition("#")[2]}
