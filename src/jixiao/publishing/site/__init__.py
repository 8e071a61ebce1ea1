"""A copy of the graph that any web server can host: a page and a Turtle file for each thing.

    id/project/…/index.html, index.ttl    each thing under the path of its IRI
    ns/index.html                         the terms, each at its #name
    id/doc/…/evidence.ttl                 the named graphs of a document
    list/…/index.html                     the things of a class
    dump/…, catalog.ttl, .well-known/void the whole of it, and its description
    releases/…, context.jsonld            the versions of the ontology, the JSON-LD context
    .htaccess                             content negotiation for Apache

`view` has the contents of a page, `paths` the addresses.

All links are relative: a site works at any address, and without a server.
"""

import logging
import shutil
from collections.abc import Callable, Iterator
from importlib.resources import as_file, files
from itertools import groupby
from pathlib import Path

from jinja2 import Environment, StrictUndefined, select_autoescape
from pyoxigraph import DefaultGraph, NamedNode, Quad, RdfFormat, Triple, serialize

from jixiao.atomic_files import writing_folder
from jixiao.config import folder as data
from jixiao.messages import texts
from jixiao.publishing import dcat, export
from jixiao.publishing.dcat import DUMPS, Publication
from jixiao.publishing.site.paths import Paths, is_page, page_path
from jixiao.publishing.site.view import Labels, Listed, classes, listed, view
from jixiao.rdf.iris import graphs
from jixiao.rdf.namespaces import HOME, JX, PREFIXES
from jixiao.store.store import Store

_log = logging.getLogger(__name__)
_LISTED = 500  # things on one page of a list


def write(
    store: Store,
    path: Path,
    where: Publication,
    lang: str,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> int:
    """Write a site.

    Args:
        store: The store.
        path: The folder, new or empty or written by an earlier export.
        where: The address of the site, and its publisher.
        lang: "zh" or "en".
        progress: Called with the number of pages so far, and 0 for a total that is not known.

    Returns:
        The number of pages of things.

    Raises:
        UsageError: The folder holds something else, or cannot be written.

    """
    with writing_folder(path) as folder:
        _write_whole_files(store, folder, where)
        render, labels, pages = _renderer(lang), Labels(store, lang), 0
        for address, quads in _pages(store):
            root = Paths(address)
            text = render("page.html", page=view(store, labels, root, quads), root=root.root)
            _put(folder / address / "index.html", text.encode())
            _put(folder / address / "index.ttl", _turtle(quads))
            pages += 1
            progress(pages, 0)
        _lists(store, folder, labels, render, where)
    _log.info("wrote the site %s: %d pages", path, pages)
    return pages


def _write_whole_files(store: Store, folder: Path, where: Publication) -> None:
    """Write the dumps, the description, the graphs of documents, and the ontology."""
    for name in ("dump", ".well-known"):
        (folder / name).mkdir()
    for name, kind, _, _ in DUMPS:
        export(store, kind, folder / name)
    dcat.write(store, folder / "catalog.ttl", where)
    described = (folder / "catalog.ttl").read_bytes()
    (folder / ".well-known" / "void").write_bytes(described)
    for document in store.documents():
        for graph in graphs(document):
            target = folder / f"{graph.value.removeprefix(HOME)}.ttl"
            _put(target, _turtle(list(store.quads([graph]))))
    access = (files("jixiao.publishing.site") / "htaccess").read_bytes()
    (folder / ".htaccess").write_bytes(access)
    ontology = data("ontology")
    with as_file(ontology.layers[0] / "releases") as releases:
        shutil.copytree(releases, folder / "releases")
    (folder / "context.jsonld").write_bytes((ontology / "context.jsonld").read_bytes())


def _pages(store: Store) -> Iterator[tuple[str, list[Quad]]]:
    """Yield the path of each page with its quads; all terms of ns#… share the page ns."""
    shared = dict[str, list[Quad]]()
    for subject, quads in groupby(store.union(), key=lambda quad: quad.subject):
        if not isinstance(subject, NamedNode) or not is_page(subject.value):
            continue
        if "#" in subject.value:
            shared.setdefault(page_path(subject.value), []).extend(quads)
        else:
            yield page_path(subject.value), list(quads)
    for path, of_terms in shared.items():
        # The thing of this very IRI may have had a page above; this page replaces it.
        page = store.database.quads_for_pattern(NamedNode(HOME + path), None, None, DefaultGraph())
        yield path, [*page, *of_terms]


def _lists(
    store: Store,
    folder: Path,
    labels: Labels,
    render: Callable[..., str],
    where: Publication,
) -> None:
    """Write the lists of the things of each class, and the home page."""
    listed_classes = list[Listed]()
    for of_class in classes(store, labels):
        things = listed(store, labels, of_class.iri)
        if not things:  # only parts of other things' pages
            continue
        listed_classes.append(of_class)
        parts = [things[at : at + _LISTED] for at in range(0, len(things), _LISTED)]
        for number, part in enumerate(parts, 1):
            address = of_class.path if number == 1 else f"{of_class.path}/{number}"
            page = Paths(address)
            text = render(
                "list.html",
                of=of_class,
                things=[(page.link(iri), label) for iri, label in part],
                number=number,
                count=len(parts),
                root=page.root,
            )
            _put(folder / address / "index.html", text.encode())
    root, budgets = Paths(""), listed(store, labels, JX.DepartmentBudget.value)[:_LISTED]
    text = render(
        "index.html",
        budgets=[(root.link(iri), label) for iri, label in budgets],
        classes=listed_classes,
        dumps=[path for path, *_ in DUMPS],
        where=where,
    )
    _put(folder / "index.html", text.encode())


def _renderer(lang: str) -> Callable[..., str]:
    environment = Environment(
        autoescape=select_autoescape(default=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    names = ("page.html", "list.html", "index.html")
    read = {n: (files("jixiao.publishing.site") / n).read_text(encoding="utf-8") for n in names}
    templates = {name: environment.from_string(text) for name, text in read.items()}
    style = (files("jixiao.publishing.site") / "style.css").read_text(encoding="utf-8")
    say = texts("site", lang)

    def render(name: str, **values: object) -> str:
        return templates[name].render(t=say, lang=lang, style=style, **values)

    return render


def _turtle(quads: list[Quad]) -> bytes:
    triples = (Triple(quad.subject, quad.predicate, quad.object) for quad in quads)
    return serialize(triples, format=RdfFormat.TURTLE, prefixes=PREFIXES) or b""


def _put(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
