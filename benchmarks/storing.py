"""Prints how fast records become stored triples, beside rdflib, oxrdflib, morph-kgc and the limit.

    python -m benchmarks.storing [--documents 40] [--runs 3] [--morph PYTHON]

The limit is Oxigraph's `bulk_load` of the ready N-Quads. rdflib and oxrdflib are given ready terms,
once also the records, as jixiao is.
morph-kgc, of the Python given, makes triples of the CSV of the same indicators: compare the rates.
"""

import argparse
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from functools import partial
from importlib import import_module
from pathlib import Path

from pyoxigraph import Quad, RdfFormat
from pyoxigraph import Store as Database
from rdflib import Dataset, Graph, URIRef

from benchmarks import scale
from benchmarks.measure import medians, table
from jixiao.fingerprints import Fingerprints
from jixiao.model.record import Record
from jixiao.rdf.iris import document_iri
from jixiao.rdf.mapping import quads
from jixiao.rdf.rdflib_graph import rdflib_triple
from jixiao.rdf.terms import value_of
from jixiao.store.store import Entry, create_store, serialize_quads

Context = tuple[object, object, object, Graph]
_MAPPING = """@prefix rml: <http://semweb.mmlab.be/ns/rml#> .
@prefix ql: <http://semweb.mmlab.be/ns/ql#> .
@prefix rr: <http://www.w3.org/ns/r2rml#> . @prefix jx: <https://w3id.org/jixiao/ns#> .
<#i> a rr:TriplesMap ; rml:logicalSource [
    rml:source "{csv}" ; rml:referenceFormulation ql:CSV ] ;
  rr:subjectMap [ rr:class jx:PerformanceIndicator ;
    rr:template "https://w3id.org/jixiao/id/indicator/{{id}}" ] ;
{maps} .
"""
_MAP = (
    '  rr:predicateObjectMap [ rr:predicate jx:{name} ; rr:objectMap [ rml:reference "{name}" ] ]'
)
_FIELDS = ("level1", "level2", "level3", "description", "value", "basis")


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--documents", type=int, default=40)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--morph", type=Path, help="a Python that has morph-kgc")
    given = parser.parse_args()
    records = scale.some(given.documents)
    stated = [quad for record in records for quad in quads(record)]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        steps = _steps(records, stated, folder)
        if given.morph:
            steps["morph-kgc, CSV of the indicators"] = _morph(given.morph, records, folder)
        times = medians(steps, given.runs)
        counts = {key: len(stated) for key in steps}
        if given.morph:
            counts["morph-kgc, CSV of the indicators"] = _lines(folder / "morph.nt")
    ours, slowest = times["jixiao"], times["rdflib: add, serialise"]
    limit = times["limit: `bulk_load` of ready N-Quads"]
    print(f"{given.documents} records, {len(stated)} quads; median of {given.runs}\n")
    head = "way", "seconds", "triples a second", "times as fast as rdflib"
    rates = {key: counts[key] / taken for key, taken in times.items()}
    base = counts["jixiao"] / slowest
    table(head, [(k, f"{times[k]:.2f}", f"{r:,.0f}", f"{r / base:.1f}") for k, r in rates.items()])
    print(f"\njixiao takes {ours / limit:.2f} times as long as the limit")


def _steps(
    records: list[Record], stated: list[Quad], folder: Path
) -> dict[str, Callable[[], object]]:
    return {
        "rdflib, from the records": partial(_from_records, records, folder),
        **_of_terms(stated, folder),
        "jixiao": partial(_jixiao, records, folder),
        "limit: `bulk_load` of ready N-Quads": partial(_limit, _ready(stated), folder),
    }


def _from_records(records: list[Record], folder: Path) -> None:
    graph = Dataset()
    for record in records:
        for quad in quads(record):
            graph.graph(URIRef(value_of(quad.graph_name))).add(rdflib_triple(quad))
    graph.serialize(folder / "rdflib.nq", format="nquads")


def _of_terms(stated: list[Quad], folder: Path) -> dict[str, Callable[[], object]]:
    """Return how rdflib fares with ready terms, in memory and over Oxigraph."""
    store_of, dataset = import_module("oxrdflib").OxigraphStore, Dataset()
    terms: list[Context] = [
        (*rdflib_triple(q), dataset.graph(URIRef(value_of(q.graph_name)))) for q in stated
    ]

    def rdflib() -> None:
        graph = Dataset()
        graph.addN(terms)  # type: ignore[arg-type]
        graph.serialize(folder / "rdflib.nq", format="nquads")

    def oxrdflib() -> None:
        shutil.rmtree(folder / "oxrdflib", ignore_errors=True)
        graph = Dataset(store=store_of())
        graph.open(str(folder / "oxrdflib"), create=True)
        graph.addN(terms)  # type: ignore[arg-type]
        graph.close()

    return {"rdflib: add, serialise": rdflib, "rdflib over oxrdflib": oxrdflib}


def _jixiao(records: list[Record], folder: Path) -> None:
    shutil.rmtree(folder / "jixiao", ignore_errors=True)
    with create_store(folder / "jixiao") as store:
        entries = list[Entry]()
        for record in records:
            store.stage(serialize_quads(list(quads(record))))
            head = record.document
            entries.append(Entry(head.file, document_iri(head.sha256), Fingerprints("1")))
        store.seal()
        store.bulk_load(entries)


def _ready(stated: list[Quad]) -> bytes:
    """Return quads as N-Quads, with those of the union as the store keeps it."""
    lines = serialize_quads(stated)
    return lines.graphs + lines.union


def _limit(ready: bytes, folder: Path) -> None:
    shutil.rmtree(folder / "limit", ignore_errors=True)
    database = Database(folder / "limit")
    database.bulk_load(ready, RdfFormat.N_QUADS)
    database.flush()


def _morph(python: Path, records: list[Record], folder: Path) -> Callable[[], object]:
    import csv

    with (folder / "indicators.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("id", *_FIELDS))
        every = (i for record in records for project in record.projects for i in project.indicators)
        for number, indicator in enumerate(every):
            writer.writerow((number, *(getattr(indicator, f) or "" for f in _FIELDS)))
    maps = " ;\n".join(_MAP.format(name=name) for name in _FIELDS)
    mapping = _MAPPING.format(csv=folder / "indicators.csv", maps=maps)
    (folder / "mapping.ttl").write_text(mapping, encoding="utf-8")
    settings = f"[CONFIGURATION]\noutput_file: {folder}/morph.nt\nnumber_of_processes: 1\n"
    settings += f"[DataSource1]\nmappings: {folder}/mapping.ttl\n"
    (folder / "morph.ini").write_text(settings, encoding="utf-8")
    command = [str(python), "-m", "morph_kgc", str(folder / "morph.ini")]
    return lambda: subprocess.run(command, check=True, capture_output=True)


def _lines(path: Path) -> int:
    return path.read_bytes().count(b"\n")


if __name__ == "__main__":
    main()
