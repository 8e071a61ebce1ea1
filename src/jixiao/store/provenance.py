"""The ledger of a store, as PROV: the runs of builds, the files that were read, the documents made.

A reading says which document a file is. A making says by what a document was read, mapped and
checked, and which graphs came of it. The ledger belongs to one machine and leaves the store with no
export.
"""

import os
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from importlib.metadata import version

from pyoxigraph import Literal, NamedNode, Quad

from jixiao.fingerprints import STAGES, Fingerprints
from jixiao.rdf.iris import graphs
from jixiao.rdf.namespaces import HOME, JX, PROV, RDF, RDFS, XSD

LEDGER = NamedNode(HOME + "graph/ledger")
FINGERPRINTS = {stage: JX[f"{stage}Fingerprint"] for stage in STAGES}


@dataclass(frozen=True, slots=True)
class Entry:
    """What the ledger says of a file: which document it is, and by what that was made.

    `source` is its path, `run` the build that recorded it.
    """

    source: str
    document: NamedNode
    made_by: Fingerprints = field(default_factory=Fingerprints)
    run: NamedNode | None = field(default=None, compare=False)


def entry_iri(source: str) -> NamedNode:
    """Return the IRI of the reading of a file, which does not tell its path."""
    return NamedNode(f"{HOME}id/reading/{sha256(os.fsencode(source)).hexdigest()[:16]}")


def making_iri(document: NamedNode) -> NamedNode:
    """Return the IRI of the making of a document."""
    return NamedNode(f"{HOME}id/making/{document.value.rpartition('/')[2]}")


def reading(entry: Entry) -> Iterator[Quad]:
    """Yield that a file was read: as which document, and in which run."""
    yield from _activity(entry_iri(entry.source), entry.run)
    yield Quad(entry_iri(entry.source), PROV.used, entry.document, LEDGER)


def making(entry: Entry) -> Iterator[Quad]:
    """Yield by what and in which run a document was made, and its graphs."""
    node = making_iri(entry.document)
    yield from _activity(node, entry.run)
    for stage in STAGES:
        yield Quad(node, FINGERPRINTS[stage], Literal(getattr(entry.made_by, stage)), LEDGER)
    for graph in graphs(entry.document):
        yield Quad(graph, PROV.wasGeneratedBy, node, LEDGER)


def _activity(node: NamedNode, run: NamedNode | None) -> Iterator[Quad]:
    yield Quad(node, RDF.type, PROV.Activity, LEDGER)
    yield Quad(node, PROV.endedAtTime, _now(), LEDGER)
    if run:
        yield Quad(node, PROV.wasInformedBy, run, LEDGER)


class Run:
    """A build: an activity that informs readings of files."""

    def __init__(self) -> None:
        self.node = NamedNode(f"{HOME}id/run/{secrets.token_hex(8)}")

    def began(self) -> Iterator[Quad]:
        """Yield what runs, and since when."""
        agent = NamedNode(f"{HOME}id/agent/jixiao-{version('jixiao')}")
        yield Quad(agent, RDF.type, PROV.SoftwareAgent, LEDGER)
        yield Quad(agent, RDFS.label, Literal(f"jixiao {version('jixiao')}"), LEDGER)
        yield Quad(self.node, RDF.type, PROV.Activity, LEDGER)
        yield Quad(self.node, PROV.wasAssociatedWith, agent, LEDGER)
        yield Quad(self.node, PROV.startedAtTime, _now(), LEDGER)

    def ended(self, documents: int, failed: int) -> Iterator[Quad]:
        """Yield when it ended, and how many files it read and could not read."""
        yield Quad(self.node, PROV.endedAtTime, _now(), LEDGER)
        for name, number in ((JX.documentCount, documents), (JX.failedCount, failed)):
            yield Quad(self.node, name, Literal(str(number), datatype=XSD.integer), LEDGER)


def _now() -> Literal:
    return Literal(datetime.now(UTC).isoformat(timespec="seconds"), datatype=XSD.dateTime)
