"""The places in documents where values are printed, and the page images that frame them."""

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
from jixiao.server.job import AnswerWriter, Job
from jixiao.server.pages import page_images
from jixiao.server.pages.context import PageContext
from jixiao.server.problems import Problem, parse_iri
from jixiao.server.settings import Limits
from jixiao.server.snapshot import StoreSnapshot

# Properties of other vocabularies, which have no label in the store.
_FOREIGN_LABELS = {
    SKOS.prefLabel.value: "field-name",
    DCT.description.value: "field-description",
    DCT.title.value: "field-title",
}


@dataclass(frozen=True, slots=True)
class Place:
    """A place where a value is printed.

    Attributes:
        annotation: IRI of the annotation that records it.
        of: IRI of the property whose value it is.
        field: Label of the property.
        words: The printed words.
        document: IRI of the document.
        page: Page, from 1; None in a file without pages.
        box: Left and upper edge, width and height, in points.
        path: In a file without pages, the cell, line or element.
        found_by: Of a fact that identifies the document: how it was found.

    """

    annotation: str
    of: str
    field: str
    words: str
    document: str
    page: int | None = None
    box: Box | None = None
    path: str = ""
    found_by: str = ""

    def names(self, field: str) -> bool:
        """Tell whether it is the place of a property, given by the last part of its IRI."""
        return re.split("[/#]", self.of)[-1] == field


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page of a document: the address of its image, its size in points, the places on it."""

    number: int
    address: str
    width: float
    height: float
    frames: list[Place]


def places(context: PageContext, thing: str) -> list[Place]:
    """Return the places of all values of a thing, in the order of the pages."""
    annotations = context.subjects(OA.hasBody, thing)
    unsorted = [place for iri in annotations for place in of_annotation(context, iri)]
    return sorted(unsorted, key=lambda p: (p.page or 0, p.box or (), p.field))


def of_annotation(context: PageContext, annotation: str) -> list[Place]:
    """Return the places that an annotation records: two for a row that is split over two pages."""
    read = read_annotation(annotation, context.values)
    if read is None:
        return []
    field, where = read.stated.field.value, read.stated.where
    foreign = _FOREIGN_LABELS.get(field)
    label = texts("workbench", context.job.lang)(foreign) if foreign else context.label(field)
    return [
        Place(
            annotation=annotation,
            of=field,
            field=label,
            words=read.stated.text,
            document=read.document,
            page=place.page,
            box=_origin_and_size(place.bbox),
            path=place_text(place, context.job.lang) if place.page is None else "",
            found_by=context.label(read.stated.found_by.value) if read.stated.found_by else "",
        )
        for place in (where, *where.continued)
    ]


def _origin_and_size(box: Box | None) -> Box | None:
    """Return left and upper edge, width and height of a box that is given by its four edges."""
    if box is None:
        return None
    x0, top, x1, bottom = box
    return x0, top, round(x1 - x0, 2), round(bottom - top, 2)


def around(context: PageContext, thing: str, culprit: str = "") -> list[Place]:
    """Return the places of the culprit of a finding, or else of the thing, each with its parts."""
    for iri in (culprit, thing):
        if iri and (around_it := [*places(context, iri), *_of_parts(context, iri)]):
            return around_it
    return []


def of_row(context: PageContext, cell: str) -> list[Place]:
    """Return the places of a cell of a budget table: those of its row, which alone has evidence."""
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
    """Return the pages that places are on, if the file is still there and has page images."""
    pages = dict.fromkeys((p.document, p.page) for p in shown if p.page and p.box)
    result = list[Sheet]()
    for document, number in pages:
        key = "size", document, number
        size = context.snapshot.cached(key, partial(_size, context, document, number or 0))
        if size:
            name = document.rpartition("/")[2]
            address = f"{context.job.root}/picture/{name}/{number}.png"
            frames = [p for p in shown if (p.document, p.page) == (document, number) and p.box]
            result.append(Sheet(number or 0, address, *size, frames))
    return result


def _size(context: PageContext, document: str, number: int) -> tuple[float, float] | None:
    path = original(context.snapshot, document)
    try:
        return page_images.page_size(path, number) if path else None
    except OSError:  # it was replaced or deleted meanwhile
        return None


def original(snapshot: StoreSnapshot, document: str) -> Path | None:
    """Return the file that a document was read from, None if it was moved or changed since."""
    return snapshot.cached(("original", document), partial(_original, snapshot, document))


def _original(snapshot: StoreSnapshot, document: str) -> Path | None:
    node = NamedNode(document)
    for source in snapshot.store.sources(node):
        path = Path(source)
        if path.is_file():
            with path.open("rb") as file:
                # The IRI of a document is made of its digest: another file has another one.
                if document_iri(file_digest(file, "sha256").hexdigest()) == node:
                    return path
    return None


def send_page_image(
    snapshot: StoreSnapshot, job: Job, writer: AnswerWriter, limits: Limits
) -> None:
    """Send a page of a document as PNG; `path` is DOCUMENT/PAGE.png.

    Raises:
        Problem: "gone", if the file was moved or changed; "not-found", if it has no such page.

    """
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
    # A document's IRI names its content, so that its images never change.
    writer.head("image/png", cache_control="public, max-age=31536000, immutable")
    writer.write(image)
