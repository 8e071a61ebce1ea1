"""Reads the documents of each province without the words that only its documents have.

python -m benchmarks.accuracy.leftout [FOLDER] [--formats html]

A header word or a label of `extract/fields.toml` is left out for a province if, of the documents
of all provinces, only those of that province have a cell with it. Words that none of them has
stay: they came from elsewhere.
"""

from __future__ import annotations

import argparse
import json
import re
import tempfile
from collections import defaultdict
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.accuracy.blind import WILD
from benchmarks.accuracy.reading import cells_of, opened
from benchmarks.accuracy.sums import Sum, measured, province_of, summed
from benchmarks.accuracy.truth import Known, corpus
from jixiao.config import folder, use_knowledge
from jixiao.documents.model import Table
from jixiao.extraction.evidence.likeness import bare

_WORDS = re.compile(r'^(?P<key>[\w-]+) = (?P<words>\["[^\n]*"\])$', re.MULTILINE)


def words_by_province(documents: Iterable[Known]) -> dict[str, set[str]]:
    """Return the texts of all cells of the documents of each province, without decoration."""
    found = defaultdict[str, set[str]](set)
    for known in documents:
        found.setdefault(province_of(known), set())
        for table in opened(known.file).blocks:
            if isinstance(table, Table):
                found[province_of(known)] |= {bare(cell.text.text) for cell in cells_of(table)}
    return found


def fields_without(words: set[str]) -> tuple[str, list[str]]:
    """Return `fields.toml` without some header words and labels, and those it had of them."""
    text = (folder("extract") / "fields.toml").read_text()
    first = text.index("[columns]")  # below, all lists are of header words or of labels
    left_out = list[str]()

    def filtered(match: re.Match[str]) -> str:
        known: list[str] = json.loads(match["words"])
        left_out.extend(word for word in known if bare(word) in words)
        kept = [word for word in known if bare(word) not in words]
        return f"{match['key']} = {json.dumps(kept, ensure_ascii=False)}"

    body = text[:first] + _WORDS.sub(filtered, text[first:])
    return f"replace = true\n{body}", left_out


@contextmanager
def without(words: set[str]) -> Generator[list[str]]:
    """Read without some header words and labels while the context is open; yield them."""
    fields, left_out = fields_without(words)
    with tempfile.TemporaryDirectory() as made:
        file = Path(made) / "extract" / "fields.toml"
        file.parent.mkdir()
        file.write_text(fields, encoding="utf-8")
        use_knowledge(made)
        try:
            yield left_out
        finally:
            use_knowledge(None)


def left_out(documents: list[Known]) -> Iterator[tuple[str, list[str], Sum]]:
    """Yield each province, the words left out for it, and how its documents are read then."""
    words = words_by_province(documents)
    for province, own in sorted(words.items()):
        others = set[str]().union(*(w for name, w in words.items() if name != province))
        with without(own - others) as gone:
            part = measured(known for known in documents if province_of(known) == province)
            yield province, gone, summed(part)


def main() -> None:
    """Leave out, read and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", nargs="?", type=Path, default=WILD)
    parser.add_argument("--formats", default="html")
    parser.add_argument("--words", action="store_true", help="print the words left out")
    given = parser.parse_args()
    documents = list(corpus([given.folder], given.formats.split(",")))
    known = summed(measured(documents))
    total = Sum()
    names = "province|files|silent faults|exact|words left out|indicators|goals|amounts"
    print("|", " | ".join(names.split("|")), "|")
    print("|---|" + "---|" * 7)
    gone_of = list[str]()
    for province, gone, found in left_out(documents):
        total += found
        gone_of.append(f"{province}: {' '.join(gone)}")
        print("|", " | ".join([province, *_row(found, str(len(gone)))]), "|", flush=True)
    for name, of in (("**all**", total), ("all words known", known)):
        print("|", " | ".join([name, *_row(of, "")]), "|")
    if given.words:
        print("\n" + "\n".join(gone_of))


def _row(found: Sum, words: str) -> list[str]:
    shares = [found.share(name) for name in ("indicators", "goals", "amounts")]
    return [str(found.documents), str(found.silent), str(found.outcomes["exact"]), words, *shares]


if __name__ == "__main__":
    main()
