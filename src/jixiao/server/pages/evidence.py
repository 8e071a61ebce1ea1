"""Where values are printed, and the pages with the cell framed."""

import re
from dataclasses import dataclass, replace
from functools import partial
from hashlib import file_digest
from pathlib import Path
from urllib.parse import parse_qs

from pyoxigraph import NamedNode

from jixiao.messages import texts
from jixiao.rdf.iris import document_iri
from jixiao.rdf.namespaces import DCT, HOME, JX, OA, RDF, SKOS
from jixiao.server.job import AnswerWriter, Job
from jixiao.server.pages import page_images
from jixiao.server.pages.context import PageContext
from jixiao.server.problems import Problem, parse_iri
from jixiao.server.settings import Limits
from jixiao.server.snapshot import StoreSnapshot

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
    box: tuple[float, float, float, float] | None = None
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


def places(context: PageContext, thing: str) -> list[Place]:
    """Return where the values of a thing are printed, in the order of the pages."""
    found = [
        p for mark in context.subjects(OA.hasBody, thing) for p in of_annotation(context, mark)
    ]
    return sorted(found, key=lambda p: (p.page or 0, p.box or (), p.field))


def of_annotation(context: PageContext, annotation: str) -> list[Place]:
    """Return where an annotation finds its value; a row over two pages is at two places."""
    field = context.node(annotation, JX.field)
    return [
        _place(context, annotation, field, target)
        for target in sorted(context.nodes(annotation, OA.hasTarget))
    ]


def _place(context: PageContext, annotation: str, field: str, target: str) -> Place:
    page = context.number(target, JX.page)
    told = context.text(target, OA.hasSelector, RDF.value)
    rectangle = parse_qs(told).get("viewrect", [""])[0]
    box = tuple(float(n) for n in rectangle.split(",")) if rectangle else ()
    return Place(
        annotation=annotation,
        of=field,
        field=_called(context, field),
        words=context.text(target, OA.hasSelector, OA.refinedBy, OA.exact),
        document=context.node(target, OA.hasSource),
        page=None if page is None else int(page),
        box=(box[0], box[1], box[2], box[3]) if len(box) == 4 else None,
        path="" if rectangle else told,
    )


def _called(context: PageContext, field: str) -> str:
    """Return what a property is called; those of other vocabularies have their names here."""
    word = _BORROWED.get(field)
    return texts("workbench", context.job.lang)(word) if word else context.label(field)


def around(context: PageContext, thing: str, culprit: str = "") -> list[Place]:
    """Return where a thing is printed: what is at fault first, else it, else its parts."""
    for start in (culprit, thing):
        if start and (found := [*places(context, start), *_of_parts(context, start)]):
            return found
    return []


def of_row(context: PageContext, cell: str) -> list[Place]:
    """Return where a cell of a budget table is printed: its row is what has a place."""
    column, stated = context.text(cell, JX.columnLabel), context.text(cell, JX.stated)
    return [
        replace(place, field=column, words=stated)
        for place in places(context, context.node(cell, JX.inRow))
    ]


def _of_parts(context: PageContext, thing: str) -> list[Place]:
    parts = [
        term.value
        for quad in context.store.database.quads_for_pattern(NamedNode(thing), None, None, None)
        if isinstance(term := quad.object, NamedNode) and term.value.startswith(thing + "/")
    ]
    return [place for part in dict.fromkeys(parts) for place in places(context, part)]


def sheets(context: PageContext, shown: list[Place]) -> list[Sheet]:
    """Return the pages that places are on, of a PDF that is where it was read."""
    pages = dict.fromkeys((p.document, p.page) for p in shown if p.page and p.box)
    found = list[Sheet]()
    for document, number in pages:
        key = "size", document, number
        size = context.snapshot.cached(key, partial(_size, context, document, number or 0))
        if size:
            name = document.rpartition("/")[2]
            address = f"{context.job.root}/picture/{name}/{number}.png"
            on = [p for p in shown if (p.document, p.page) == (document, number) and p.box]
            found.append(Sheet(number or 0, address, *size, on))
    return found


def _size(context: PageContext, document: str, number: int) -> tuple[float, float] | None:
    path = original(context.snapshot, document)
    try:
        return page_images.page_size(path, number) if path else None
    except OSError:  # it was read, and now is another or gone
        return None


def original(snapshot: StoreSnapshot, document: str) -> Path | None:
    """Return the file that a document was read from, if it is there and still the same."""
    return snapshot.cached(("original", document), partial(_original, snapshot, document))


def _original(snapshot: StoreSnapshot, document: str) -> Path | None:
    node = NamedNode(document)
    for source in snapshot.store.sources(node):
        path = Path(source)
        if path.is_file():
            with path.open("rb") as file:
                if document_iri(file_digest(file, "sha256").hexdigest()) == node:
                    return path
    return None


def send_page_image(
    snapshot: StoreSnapshot, job: Job, writer: AnswerWriter, limits: Limits
) -> None:
    """Give out a page of a document as a picture."""
    name, _, page = job.path.removesuffix(".png").partition("/")
    path = original(snapshot, parse_iri(f"{HOME}id/doc/{name}").value)
    if path is None or not re.fullmatch("[0-9]{1,6}", page):
        raise Problem("gone", what=job.path)
    try:
        image = page_images.page_image(path, int(page))
    except OSError as error:
        raise Problem("gone", what=job.path) from error
    if image is None:
        raise Problem("not-found", what=job.path)
    writer.head("image/png", cache_control="public, max-age=31536000, immutable")
    writer.write(image)
