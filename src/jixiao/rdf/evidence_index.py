"""Finds where a finding's thing is printed, from the evidence in the graph."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

import msgspec

from jixiao.model.finding import Finding
from jixiao.model.record import Where
from jixiao.rdf.namespaces import JX, OA, RDF, SKOS

_LIKELY = (SKOS.prefLabel.value, JX.stated.value)  # what names a thing best


@dataclass(frozen=True, slots=True)
class Printed:
    """A value's field, the words it is printed as, and where."""

    field: str
    words: str
    where: Where


class EvidenceIndex:
    """The evidence among a document's triples (IRIs and texts as plain strings), by its thing."""

    def __init__(self, triples: Iterable[tuple[str, str, str]]) -> None:
        self._values = defaultdict[tuple[str, str], list[str]](list)
        for subject, predicate, value in triples:
            self._values[subject, predicate].append(value)
        self._annotations = defaultdict[str, list[str]](list)
        for (subject, predicate), bodies in self._values.items():
            if predicate == OA.hasBody.value:
                for body in bodies:
                    self._annotations[body].append(subject)

    def locate(self, finding: Finding, shown: tuple[str, ...]) -> Finding:
        """Return the finding with the place of what is at fault: the culprit, or what shows it.

        `shown` are things and fields, the best first.
        """
        culprit = finding.repair.culprit if finding.repair else ""
        things = (culprit, *shown, finding.focus)
        known = next((k for thing in things if (k := self.printed(thing))), ())
        if not known:
            return finding
        wanted = (*shown, *_LIKELY)
        best = min(known, key=lambda p: (_rank(p.field, wanted), p.field))
        evidence = (best.words,) if best.words else ()
        return msgspec.structs.replace(finding, where=best.where, evidence=evidence)

    def printed(self, thing: str) -> list[Printed]:
        """Return the values of a thing with their places."""
        return [self._printed(node) for node in self._annotations.get(thing, ())]

    def _printed(self, node: str) -> Printed:
        targets = sorted(self._values[node, OA.hasTarget.value])
        places = [self._where(target) for target in targets]
        where = msgspec.structs.replace(places[0], continued=tuple(places[1:]))
        selector = self._one(targets[0], OA.hasSelector.value)
        words = self._one(self._one(selector, OA.refinedBy.value), OA.exact.value)
        return Printed(self._one(node, JX.field.value), words, where)

    def _where(self, target: str) -> Where:
        value = self._one(self._one(target, OA.hasSelector.value), RDF.value.value)
        page, table, row = (
            int(number) if (number := self._one(target, term.value)) else None
            for term in (JX.page, JX.table, JX.row)
        )
        if "viewrect=" in value:
            x0, top, wide, high = (float(n) for n in value.partition("viewrect=")[2].split(","))
            bbox = (x0, top, round(x0 + wide, 2), round(top + high, 2))
            return Where(page=page, table=table, row=row, bbox=bbox)
        if value.startswith("line="):
            return Where(table=table, row=row, line=int(value.rpartition(",")[2]))
        return Where(page=page, table=table, row=row, path=value or None)

    def _one(self, subject: str, predicate: str) -> str:
        values = self._values.get((subject, predicate))
        return values[0] if values else ""


def _rank(field: str, wanted: tuple[str, ...]) -> int:
    return wanted.index(field) if field in wanted else len(wanted)
