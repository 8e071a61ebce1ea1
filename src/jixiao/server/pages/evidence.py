"""Where values are printed, and the pages with the cell framed."""

import re
from dataclasses import dataclass, replace
from functools import partial
from hashlib import file_digest
from pathlib import Path

from pyoxigraph import NamedNode

from jixiao.messages import texts
from jixiao.model.record import Box
from jixiao.publishing.finding_text import place_text
from jixiao.rdf.evidence import read_annotation
from jixiao.rdf.iris import document_iri
from jixiao.rdf.namespaces import DCT, HOME, JX, OA, SKOS
from jixiao.server.limits import Limits
from jixiao.server.pages import pictures
from jixiao.server.pages.context import PageContext
from jixiao.server.problems import Problem, named
from jixiao.server.workers.frames import Out
from jixiao.server.workers.worker import Job, StoreSnapshot

_BORROWED = {
    SKOS.prefLabel.value: "field-name",
    DCT.description.value: "field-description",
    DCT.title.value: "field-title",
}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value is printed: the page and the rectangle in points, or the line, or the path."""

    annotation: str
    of: str
    field: str
    words: str
    document: str
    page: int | None = None
    box: Box | None = None
    path: str = ""

    def names(self, field: str) -> bool:
        """Tell whether this is where a property is printed, by the end of its name."""
        return re.split("[/#]", self.of)[-1] == field


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page as a picture: its address, its size in points, and what is framed on it."""

    number: int
    address: str
    width: float
    height: float
    frames: list[Place]


def places(look: PageContext, thing: str) -> list[Place]:
    """Return where the values of a thing are printed, in the order of the pages."""
    found = [p for mark in look.users(OA.hasBody, thing) for p in of_annotation(look, mark)]
    return sorted(found, key=lambda p: (p.page or 0, p.box or (), p.field))


def of_annotation(look: PageContext, annotation: str) -> list[Place]:
    """Return where an annotation finds its value; a row over two pages is at two places."""
    read = read_annotation(annotation, look.values)
    if read is None:
        return []
    field, where = read.stated.field.value, read.stated.where
    return [
        Place(
            annotation=annotation,
            of=field,
            field=_called(look, field),
            words=read.stated.text,
            document=read.document,
            page=place.page,
            box=_sides(place.bbox),
            path=place_text(place, look.job.lang) if place.page is None else "",
        )
        for place in (where, *where.continued)
    ]


def _sides(box: Box | None) -> Box | None:
    """Return the left and upper edge, the width and the height."""
    if box is None:
        return None
    x0, top, x1, bottom = box
    return x0, top, round(x1 - x0, 2), round(bottom - top, 2)


def _called(look: PageContext, field: str) -> str:
    """Return what a property is called; those of other vocabularies have their names here."""
    word = _BORROWED.get(field)
    return texts("workbench", look.job.lang)(word) if word else look.label(field)


def around(look: PageContext, thing: str, culprit: str = "") -> list[Place]:
    """Return where a thing is printed: what is at fault first, else it, else its parts."""
    for start in (culprit, thing):
        if start and (found := [*places(look, start), *_of_parts(look, start)]):
            return found
    return []


def of_row(look: PageContext, cell: str) -> list[Place]:
    """Return where a cell of a budget table is printed: its row is what has a place."""
    column, stated = look.text(cell, JX.columnLabel), look.text(cell, JX.stated)
    return [
        replace(place, field=column, words=stated)
        for place in places(look, look.node(cell, JX.inRow))
    ]


def _of_parts(look: PageContext, thing: str) -> list[Place]:
    parts = [
        term.value
        for quad in look.store.database.quads_for_pattern(NamedNode(thing), None, None, None)
        if isinstance(term := quad.object, NamedNode) and term.value.startswith(thing + "/")
    ]
    return [place for part in dict.fromkeys(parts) for place in places(look, part)]


def sheets(look: PageContext, shown: list[Place]) -> list[Sheet]:
    """Return the pages that places are on, of a PDF that is where it was read."""
    pages = dict.fromkeys((p.document, p.page) for p in shown if p.page and p.box)
    found = list[Sheet]()
    for document, number in pages:
        key = "size", document, number
        size = look.held.once(key, partial(_size, look, document, number or 0))
        if size:
            name = document.rpartition("/")[2]
            address = f"{look.job.root}/picture/{name}/{number}.png"
            on = [p for p in shown if (p.document, p.page) == (document, number) and p.box]
            found.append(Sheet(number or 0, address, *size, on))
    return found


def _size(look: PageContext, document: str, number: int) -> tuple[float, float] | None:
    path = original(look.held, document)
    try:
        return pictures.size(path, number) if path else None
    except OSError:  # it was read, and now is another or gone
        return None


def original(held: StoreSnapshot, document: str) -> Path | None:
    """Return the file that a document was read from, if it is there and still the same."""
    return held.once(("original", document), partial(_original, held, document))


def _original(held: StoreSnapshot, document: str) -> Path | None:
    node = NamedNode(document)
    for source in held.store.sources(node):
        path = Path(source)
        if path.is_file():
            with path.open("rb") as file:
                if document_iri(file_digest(file, "sha256").hexdigest()) == node:
                    return path
    return None


def picture(held: StoreSnapshot, job: Job, out: Out, limits: Limits) -> None:
    """Give out a page of a document as a picture."""
    name, _, page = job.path.removesuffix(".png").partition("/")
    path = original(held, named(f"{HOME}id/doc/{name}").value)
    if path is None or not re.fullmatch("[0-9]{1,6}", page):
        raise Problem("gone", what=job.path)
    try:
        image = pictures.drawn(path, int(page))
    except OSError as error:
        raise Problem("gone", what=job.path) from error
    if image is None:
        raise Problem("not-found", what=job.path)
    out.head("image/png", cache_control="public, max-age=31536000, immutable")
    out.write(image)
