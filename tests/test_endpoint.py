"""The workbench as machines meet it: SPARQL, graphs, descriptions, linked data, and its limits."""

import asyncio
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, suppress
from functools import partial
from pathlib import Path
from typing import Any, cast
from urllib.parse import quote

import psutil
import pyoxigraph
import pytest
import requests
from tests.answers import Answers
from tests.servers import Served, workbench

from jixiao.publishing.dcat import Publication
from jixiao.publishing.dcat import described as catalogue
from jixiao.queries.answering import prepared
from jixiao.rdf.iris import graphs
from jixiao.rdf.namespaces import HOME, JX
from jixiao.rdf.questions import questions
from jixiao.server import Limits, Settings, application
from jixiao.server.edition import edition
from jixiao.server.job import Job
from jixiao.server.middleware import allowed_hosts
from jixiao.server.pages.context import PageContext
from jixiao.server.pages.rules import rule
from jixiao.server.problems import Problem
from jixiao.server.snapshot import StoreSnapshot
from jixiao.server.sparql.graphs import send_catalogue
from jixiao.server.sparql.protocol import reject_service, reject_service_word
from jixiao.server.workers.dispatcher import Dispatcher
from jixiao.server.workers.jobs import HANDLERS
from jixiao.store.store import Store

ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
PROJECT = "id/project/130529-20a459ccbc/2023/8a2871c9a0"


@pytest.fixture(scope="module")
def server(corpus_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("workbench")
    with workbench(corpus_folder, folder, "--seconds", "6", "--rows", "50000") as served:
        yield served


def get(server: Served, path: str, accept: str = "*/*", **more: str) -> requests.Response:
    headers = {"accept": accept, **more}
    return requests.get(server.url + path, headers=headers, timeout=60, allow_redirects=False)


def sparql(server: Served, query: str, accept: str = "text/csv") -> requests.Response:
    url, headers = f"{server.url}/sparql", {"accept": accept}
    return requests.post(url, data={"query": query}, headers=headers, timeout=60)


@pytest.mark.parametrize("question", questions(), ids=lambda q: q.name)
def test_every_question_has_the_answer_of_the_store(
    server: Served, answers: Answers, question: object
) -> None:
    name = str(getattr(question, "name"))  # noqa: B009
    found = sparql(server, prepared(name, {}).text, "application/sparql-results+json").json()
    assert len(found["results"]["bindings"]) == len(answers(name).rows)


@pytest.mark.parametrize("kind", [
    "application/sparql-results+json", "application/sparql-results+xml", "text/csv",
    "text/tab-separated-values",
])  # fmt: skip
def test_rows_in_every_format(server: Served, kind: str) -> None:
    response = sparql(server, "SELECT ?s { ?s a <https://w3id.org/jixiao/ns#BudgetProject> }", kind)
    assert response.headers["content-type"].partition(";")[0] == kind
    assert response.text.count("/id/project/") == 61


@pytest.mark.parametrize("kind", [
    "text/turtle", "application/ld+json", "application/rdf+xml", "application/n-triples",
    "application/trig", "application/n-quads",
])  # fmt: skip
def test_graphs_in_every_format(server: Served, corpus: Store, kind: str) -> None:
    graph = graphs(corpus.documents()[0])[0]
    response = requests.get(
        f"{server.url}/graph-store", params={"graph": graph.value}, headers={"accept": kind},
        timeout=60,
    )  # fmt: skip
    assert response.headers["content-type"].partition(";")[0] == kind
    syntax = pyoxigraph.RdfFormat.from_media_type(kind)
    read = {(q.subject, q.predicate, q.object) for q in pyoxigraph.parse(response.content, syntax)}
    assert read == {(q.subject, q.predicate, q.object) for q in corpus.quads([graph])}
    constructed = sparql(
        server, "CONSTRUCT WHERE { ?s a <https://w3id.org/jixiao/ns#Cluster> }", kind
    )
    assert len(list(pyoxigraph.parse(constructed.content, syntax))) > 10


def test_the_default_graph_is_the_union_of_the_named_graphs(server: Served) -> None:
    one = sparql(server, "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }").text
    other = sparql(
        server,
        """SELECT (COUNT(*) AS ?n) { SELECT DISTINCT ?s ?p ?o {
        GRAPH ?g { ?s ?p ?o } FILTER(?g != <https://w3id.org/jixiao/graph/ledger>) } }""",
    ).text
    assert one == other


def test_the_service_describes_itself(server: Served, corpus: Store) -> None:
    response = get(server, "/sparql", "text/turtle")
    told = {str(t) for t in pyoxigraph.parse(response.content, pyoxigraph.RdfFormat.TURTLE)}
    sd, at = "http://www.w3.org/ns/sparql-service-description#", f"{server.url}/sparql"
    assert f"<{at}> <{sd}endpoint> <{at}>" in told
    assert f"<{at}> <{sd}feature> <{sd}UnionDefaultGraph>" in told
    assert sum(f"<{sd}name>" in line for line in told) == len(corpus.graphs())


def test_the_data_is_described(server: Served, corpus: Store) -> None:
    for path in ("/.well-known/void", "/catalog"):
        text = get(server, path).text
        assert f"<{server.url}/sparql>" in text
        assert f"void:triples {sum(1 for _ in corpus.union())}" in text
    whole = get(server, "/dump/jixiao.nq")
    assert whole.content.count(b"\n") == sum(1 for _ in corpus.quads())


def test_what_is_asked_again_is_not_sent_again(server: Served) -> None:
    for path, kind in ((f"/page/{PROJECT}", "text/html"), (f"/data/{PROJECT}", "text/turtle"),
                       ("/sparql?query=ASK%20%7B%7D", "*/*"), ("/catalog", "*/*")):  # fmt: skip
        tag = get(server, path, kind).headers["etag"]
        again = get(server, path, kind, **{"if-none-match": tag})
        assert (again.status_code, again.content) == (304, b"")
    other = get(server, f"/data/{PROJECT}", "application/ld+json")
    assert other.headers["etag"] != get(server, f"/data/{PROJECT}", "text/turtle").headers["etag"]


@pytest.mark.parametrize(("accept", "kind"), [
    ("application/ld+json, text/html;q=0.1", "application/ld+json"),
    ("text/html, application/ld+json;q=0.1", "text/turtle"),
    ("application/rdf+xml;q=0.2, application/n-triples;q=0.9", "application/n-triples"),
])  # fmt: skip
def test_the_format_that_a_client_likes_best(server: Served, accept: str, kind: str) -> None:
    response = get(server, f"/data/{PROJECT}", accept)
    assert response.headers["content-type"].partition(";")[0] == kind


def test_head_is_get_without_a_body(server: Served) -> None:
    for path in ("/", f"/data/{PROJECT}", "/graph-store?default", "/sparql?query=ASK%7B%7D"):
        head = requests.head(server.url + path, timeout=60)
        assert (head.status_code, head.content) == (200, b"")
        assert head.headers["content-type"] == get(server, path).headers["content-type"]


OTHER_SITE = "https://elsewhere.example"


def shared_with(server: Served, **headers: str) -> set[str | None]:
    """Return which websites may read: an answer, a page, an error, and before they ask."""
    preflight = {"access-control-request-method": "POST", "origin": OTHER_SITE,
                 "access-control-request-headers": "content-type"}  # fmt: skip
    asked = {"origin": OTHER_SITE, **headers}
    responses = [
        get(server, "/sparql?query=ASK%20%7B%7D", **asked),
        get(server, "/departments", "text/html", **asked),
        get(server, "/sparql?query=nonsense", **asked),
        get(server, "/nowhere", **asked),
        requests.options(f"{server.url}/sparql", headers=preflight | headers, timeout=60),
    ]
    return {response.headers.get("access-control-allow-origin") for response in responses}


def test_no_other_website_reads_a_server_on_loopback(server: Served) -> None:
    assert shared_with(server) == {None}


@pytest.mark.parametrize(("options", "shared"), [
    (["--base", "https://data.example.org/"], "*"),
    pytest.param(["--base", "http://localhost:8000/"], None, marks=pytest.mark.exhaustive),
    (["--base", "http://[::1]:8000/"], None),
    pytest.param(["--allow-origin", "*"], "*", marks=pytest.mark.exhaustive),
    (["--allow-origin", "https://a.example", "--allow-origin", OTHER_SITE], OTHER_SITE),
    (["--base", "https://data.example.org/", "--allow-origin", "https://a.example"], None),
])  # fmt: skip
def test_websites_that_may_read_are_named(
    corpus_folder: Path, tmp_path: Path, options: list[str], shared: str | None
) -> None:
    with workbench(corpus_folder, tmp_path, *options) as served:
        assert shared_with(served) == {shared}


@pytest.mark.parametrize("path", [
    PROJECT, f"{PROJECT}/ind/x", "id/dept/130529-20a459ccbc", "id/budget/130529-20a459ccbc/2023",
    "code/unit/percent", "ns", "query/projects", "graph/codes",
])  # fmt: skip
def test_every_thing_has_a_page_and_data(server: Served, corpus: Store, path: str) -> None:
    if path.endswith("/x"):
        inside = corpus.database.quads_for_pattern(
            pyoxigraph.NamedNode(f"https://w3id.org/jixiao/{PROJECT}"),
            pyoxigraph.NamedNode("https://w3id.org/jixiao/ns#hasIndicator"), None, None,
        )  # fmt: skip
        path = str(getattr(next(inside).object, "value", "")).removeprefix(
            "https://w3id.org/jixiao/"
        )
    page = get(server, f"/{path}", "text/html,application/xhtml+xml,*/*;q=0.8")
    data = get(server, f"/{path}", "text/turtle")
    assert (page.status_code, page.headers["location"]) == (303, f"/page/{path}")
    assert (data.status_code, data.headers["location"]) == (303, f"/data/{path}")
    assert get(server, page.headers["location"], "text/html").status_code == 200
    turtle = get(server, data.headers["location"], "text/turtle")
    assert list(pyoxigraph.parse(turtle.content, pyoxigraph.RdfFormat.TURTLE))


def test_every_iri_of_the_graph_leads_somewhere(server: Served, corpus: Store) -> None:
    """Each 97th thing of the graph, whatever it is: its data is what the store says of it."""
    home = "https://w3id.org/jixiao/"
    known = sorted({q.subject.value for q in corpus.union()
                    if isinstance(q.subject, pyoxigraph.NamedNode)})  # fmt: skip
    for iri in [iri for iri in known if iri.startswith(home) and "#" not in iri][::97]:
        path = iri.removeprefix(home)
        data = get(server, f"/data/{path}", "application/n-triples")
        assert f"<{iri}> " in data.text, iri
        assert get(server, f"/page/{path}", "text/html").status_code == 200, iri


def test_problems_are_told_as_problems(server: Served) -> None:
    for response, status in (
        (sparql(server, "SELECT nonsense"), 400),
        (get(server, "/nothing"), 404),
        (get(server, "/data/id/project/none"), 404),
        (get(server, "/graph-store?graph=urn:none"), 404),
        (get(server, "/graph-store"), 400),
        (sparql(server, "SELECT * { ?s ?p ?o }", "image/png"), 406),
        (requests.put(f"{server.url}/sparql", timeout=60), 405),
        (requests.post(f"{server.url}/sparql", data={"update": "CLEAR ALL"}, timeout=60), 403),
        (sparql(server, "SELECT * { ?s ?p ?o } # " + "x" * 2**21), 413),
    ):
        assert response.status_code == status, response.text
        assert response.headers["content-type"] == "application/problem+json"
        assert response.json()["status"] == status
        assert response.json()["detail"]
    page = get(server, "/page/id/project/none", "text/html", **{"accept-language": "zh-CN"})
    assert (page.status_code, "地址或对象不存在" in page.text) == (404, True)


@pytest.mark.parametrize("path", [
    "/page/a%20b", "/printed/a%20b", "/page/id/%00", "/picture/a%20b/1.png", "/picture/x/%C2%B2",
    "/picture/x/%C2%B2.png", "/data/a%20b", "/graph-store?graph=a%20b", "/page/%3C%3E",
    "/rule/a%20b", "/question/a%20b", "/compare?budget=a%20b&region=%00", "/search?q=%00",
    "/search?q=%22&page=%C2%B2", "/question/similar-projects?projects=a%20b",
    "/answer/similar-projects?projects=a%20b",
])  # fmt: skip
def test_addresses_that_are_none_are_the_askers_fault(server: Served, path: str) -> None:
    assert get(server, path).status_code in (200, 400, 404, 410)


def test_every_problem_is_told_as_one(corpus_folder: Path, tmp_path: Path) -> None:
    store = Path(shutil.copytree(corpus_folder, tmp_path / "store"))
    with workbench(store, tmp_path / "server") as server:
        form = {"content-type": "multipart/form-data; boundary=x", "accept": "*/*"}
        wrong = requests.post(f"{server.url}/try", data=b"--x\r\nnothing", headers=form, timeout=60)
        shutil.rmtree(store)
        for response, status in (
            (wrong, 400),
            (get(server, "/departments"), 503),
            (get(server, "/static/none.css"), 404),
            (get(server, "/static/../../x"), 404),
        ):
            assert response.status_code == status, response.text
            assert response.headers["content-type"] == "application/problem+json"
            assert response.headers["content-security-policy"].startswith("default-src 'self'")
            assert str(tmp_path) not in response.text


def test_a_fault_of_the_program_is_a_problem_too(
    corpus_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the headers of all answers, and nothing of what went wrong inside."""

    def broken(template: str, lang: str, **values: object) -> str:
        raise RuntimeError("of the inside")

    monkeypatch.setattr("jixiao.server.routes.render", broken)
    sent = list[dict[str, Any]]()

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        return {"type": "http.request", "body": b""}

    scope: dict[str, Any] = {
        "type": "http", "method": "GET", "path": "/editor", "raw_path": b"/editor",
        "query_string": b"", "headers": [], "scheme": "http", "root_path": "",
        "http_version": "1.1", "server": ("127.0.0.1", 80), "client": None, "state": {},
    }  # fmt: skip
    app = application(Settings(store=corpus_folder))

    async def ask() -> None:
        await app(scope, receive, send)

    with pytest.raises(RuntimeError):  # the server's log has it
        asyncio.run(ask())
    assert sent[0]["status"] == 500
    headers = dict(sent[0]["headers"])
    assert headers[b"content-type"] == b"application/problem+json"
    assert b"content-security-policy" in headers
    assert b"of the inside" not in sent[1]["body"]


def test_a_foreign_name_is_no_name_of_this_server(server: Served, tmp_path: Path) -> None:
    """A page elsewhere cannot make its own name mean this machine, and read it."""
    port = server.url.rpartition(":")[2]
    for host, status in ((f"127.0.0.1:{port}", 200), (f"localhost:{port}", 200),
                         ("[::1]:9", 200), (f"attacker.example:{port}", 421),
                         ("attacker.example", 421), ("127.0.0.1.attacker.example", 421),
                         ("[", 421)):  # fmt: skip
        response = get(server, "/departments", host=host)
        assert response.status_code == status, host
    assert response.headers["content-type"] == "application/problem+json"
    assert allowed_hosts("127.0.0.1", "https://data.example.org/x")[-1] == "data.example.org"
    assert allowed_hosts("0.0.0.0", "") == (), "behind a proxy any name is right"


def test_the_catalogue_is_kept_once_for_all_addresses(
    corpus_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = list[Publication]()

    def counted(store: Store, where: Publication) -> Iterator[pyoxigraph.Triple]:
        made.append(where)
        return catalogue(store, where)

    monkeypatch.setattr("jixiao.server.sparql.graphs.catalogue", counted)
    held = StoreSnapshot(corpus_folder)
    with closing(held):
        for number in range(4):
            told = _Told()
            job = Job(name="catalogue", base=f"http://{number}.example", accept="text/turtle")
            send_catalogue(held, job, told, Limits())
            assert f"<http://{number}.example/sparql>" in told.text
            assert "urn:here" not in told.text
        assert len(made) == 1


def test_what_was_worked_out_is_kept_while_it_is_used(corpus_folder: Path) -> None:
    held, made = StoreSnapshot(corpus_folder), Counter[int]()

    def work_out(number: int) -> int:
        made[number] += 1
        return number

    with closing(held):
        for number in range(3000):
            held.cached(number, partial(work_out, number))
            assert held.cached(0, partial(work_out, 0)) == 0
        held.cached(1, partial(work_out, 1))
    assert made[0] == 1
    assert made[1] == 2, "a crawler does not fill the memory"


@pytest.mark.parametrize(
    ("name", "path"),
    [("answer", "triples-of-file"), ("answer", "target-drift"), ("editor-terms", "")],
)
def test_what_is_asked_again_is_not_worked_out_again(
    corpus_folder: Path, name: str, path: str
) -> None:
    """The second time the store is not asked: an empty one would answer otherwise."""
    held, unasked = StoreSnapshot(corpus_folder), StoreSnapshot(corpus_folder)
    first, again, other = _Told(), _Told(), _Told()
    with closing(held), closing(unasked):
        HANDLERS[name](held, Job(name=name, path=path), first, Limits())
        held.store = unasked.store = Store(pyoxigraph.Store())
        HANDLERS[name](held, Job(name=name, path=path), again, Limits())
        HANDLERS[name](unasked, Job(name=name, path=path), other, Limits())
    assert again.text == first.text != other.text


@pytest.mark.parametrize("some", [2, 3, 60])
def test_what_is_commonplace_hides_no_similar_project(
    corpus_folder: Path, monkeypatch: pytest.MonkeyPatch, some: int
) -> None:
    monkeypatch.setattr("jixiao.server.pages.project._COMMONPLACE", some)
    held, named = StoreSnapshot(corpus_folder), 0
    with closing(held):
        look = PageContext(held, Job(name="thing"))
        budgets = [budget.iri for budget in held.index.budgets()]
        for project in {hit.iri for hit in held.index.projects_of_budgets(budgets)}:
            clusters = set(look.nodes(project, JX.hasIndicator, JX.inCluster))
            users = {user for c in clusters for user in look.subjects(JX.inCluster, c, some)}
            others = {*held.index.projects_of_indicators(sorted(users))} - {project}
            others = {other for other in others if look.is_a(other, JX.BudgetProject)}
            told, path = _Told(), project.removeprefix(HOME)
            HANDLERS["thing"](held, Job(name="thing", path=path, lang="en"), told, Limits())
            shown = len(re.findall(r"[0-9]+ groups? in common", told.text))
            assert shown == min(len(others), 5), project
            named += shown
    assert named > 0


def test_a_choice_too_long_to_show_says_so(corpus_folder: Path) -> None:
    held, told = StoreSnapshot(corpus_folder), _Told()
    names = "iri", "department", "name", "year", "region", "region_name"
    many = [dict.fromkeys(names, f"{number}") for number in range(230)]
    with closing(held):
        held.cached("budgets", lambda: many)
        HANDLERS["compare"](held, Job(name="compare", lang="en"), told, Limits())
    assert told.text.count('name="budget"') == 200
    assert "30 more are not listed" in told.text


def test_the_pages_of_a_rule_hold_all_that_it_found(corpus_folder: Path) -> None:
    held = StoreSnapshot(corpus_folder)
    with closing(held):
        (code, _), count = max(held.index.failed().items(), key=lambda item: item[1])
        found, number, more = list[tuple[str, str, str]](), 1, True
        while more:
            job = Job(name="rule", path=code, values={"page": [str(number)]})
            _, shown = rule(PageContext(held, job))
            found += cast("list[tuple[str, str, str]]", shown["hits"])
            number, more = number + 1, bool(shown["more"])
    assert number > 3, "more than two pages"
    assert len({link for link, _, _ in found}) == len(found) == count
    assert [file for _, _, file in found] == sorted(file for _, _, file in found)


class _Told:
    """Keeps an answer."""

    text = ""

    def head(self, media_type: str, status: int = 200, **headers: str) -> None:
        pass

    def write(self, content: bytes, /) -> int:
        self.text += content.decode()
        return len(content)

    def flush(self) -> None:
        pass


def test_another_edition_of_the_program_answers_anew(
    corpus_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dispatcher, job = Dispatcher(Settings(store=corpus_folder)), Job(name="overview")
    before = dispatcher.etag(job)
    assert dispatcher.etag(job) == before
    monkeypatch.setattr("jixiao.server.workers.dispatcher.edition", lambda: "other")
    assert dispatcher.etag(job) != before
    assert len(edition()) == 16


def test_a_client_may_ask_what_it_may_do(server: Served) -> None:
    response = requests.options(f"{server.url}/sparql", timeout=60)
    assert (response.status_code, response.content) == (204, b"")
    assert response.headers["allow"] == "GET, HEAD, POST, OPTIONS"


ELSEWHERE = (
    "SELECT * { SERVICE <%s> { ?s ?p ?o } }",
    "SELECT * { service silent ?x { ?s ?p ?o } VALUES ?x { <%s> } }",
    "PREFIX x: <%s> SELECT * { SERVICE# comment\n x: { ?s ?p ?o } }",
    "SELECT * { { SELECT * { SERVICE<%s> { ?s ?p ?o } } } }",
    (
        "PREFIX jx: <https://w3id.org/jixiao/ns#> "
        "SELECT * { ?s a jx:BudgetProject .SERVICE <%s> { ?a ?b ?c } }"
    ),
    "SELECT * { BIND(1 AS ?z).SERVICE <%s> { ?a ?b ?c } }",
    "PREFIX : <%s> SELECT * { SERVICE: { ?a ?b ?c } }",
    "SELECT * { #c\rSERVICE <%s>{ ?a ?b ?c } }",
    (
        "PREFIX e: <urn:e> PREFIX x: <%s> SELECT * "
        "{ OPTIONAL { ?s ?p e:\\' } SERVICE x: { ?a ?b ?c } OPTIONAL { ?s ?p 'x' } }"
    ),
    "PREFIX x: <%s> SELECT * { SERVICEx: { ?a ?b ?c } }",
)
# What no scanner of text tells from other text: the system refuses it.
HIDDEN = ("PREFIX x: <%s> SELECT * { FILTER(1<2)SERVICE#>\nx: { ?a ?b ?c } }",)


@pytest.mark.parametrize("query", [*ELSEWHERE, *HIDDEN])
def test_no_query_leaves_the_machine(server: Served, query: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(0.3)
        response = sparql(server, query % f"http://127.0.0.1:{listening.getsockname()[1]}/")
        with pytest.raises(TimeoutError):
            listening.accept()
    assert (response.status_code, response.json()["title"]) == (403, "no-service")


@pytest.mark.parametrize("query", ELSEWHERE)
def test_what_asks_elsewhere_is_told_before_it_is_tried(query: str) -> None:
    with pytest.raises(Problem):
        reject_service(query % "http://x/")


def test_a_system_that_cannot_refuse_is_strict() -> None:
    for query in (*ELSEWHERE, *HIDDEN):
        with pytest.raises(Problem):
            reject_service_word(query)


def test_a_service_that_may_fail_is_not_asked_either(server: Served) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(0.3)
        at = f"http://127.0.0.1:{listening.getsockname()[1]}/"
        silent = f"PREFIX x: <{at}> SELECT * {{ FILTER(1<2)SERVICE#>\nSILENT x: {{ ?s ?p ?o }} }}"
        assert sparql(server, silent).status_code == 200
        sparql(server, f"SELECT * FROM <{at}> FROM NAMED <{at}> {{ ?s ?p ?o }}")
        with pytest.raises(TimeoutError):
            listening.accept()


def test_a_process_that_is_cut_off_has_no_network() -> None:
    if not sys.platform.startswith("linux"):
        pytest.skip("only Linux can refuse")
    program = (
        "import socket, sys\nfrom jixiao.documents.isolation import block_network\n"
        "assert block_network(local=sys.argv[1] == 'local')\n"
        "for family in (socket.AF_INET, socket.AF_INET6, socket.AF_UNIX):\n"
        "    try: socket.socket(family).close(); print('open', end=' ')\n"
        "    except PermissionError: print('refused', end=' ')\n"
    )
    for how, told in (("local", "refused refused open "), ("all", "refused refused refused ")):
        said = subprocess.check_output([sys.executable, "-c", program, how], text=True)
        assert said == told


@pytest.mark.parametrize("part", [
    "\\'\\'\\'", '\\"', "'''", '"""', "'", "<", "#", "SERVICE ", "SERVICE\n", "SERVICE:", "\\",
    "''' ", "SERVICE.", "?SERVICE", "-SERVICE:",
])  # fmt: skip
def test_a_long_query_is_looked_through_once(part: str) -> None:
    """Going back over it for each part would take hours: then it is ended after a minute's work."""

    def too_much(*_: object) -> None:
        raise AssertionError("it is looked through again and again")

    signal.signal(signal.SIGVTALRM, too_much)
    signal.setitimer(signal.ITIMER_VIRTUAL, 60)
    try:
        with suppress(Problem):
            reject_service("SELECT * { " + part * 100_000)
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)


@pytest.mark.parametrize("query", [
    'SELECT * { ?s ?p "SERVICE <x> {" }', "SELECT * { ?SERVICE ?p ?o }",
    "SELECT * { ?s ex:service ?o }",
    "SELECT * { ?s ?p ?o } # SERVICE", "SELECT * { <http://x/SERVICE> ?p 'a SERVICE' }",
    'SELECT * { ?s ?p """a "SERVICE" b""" }',
])  # fmt: skip
def test_the_word_alone_is_no_service(query: str) -> None:
    reject_service(query)
    with pytest.raises(Problem):
        reject_service(query.replace("SELECT * {", "SELECT * { SERVICE ?s {} ", 1))


def test_the_ledger_names_no_path_of_this_machine(server: Served, corpus_folder: Path) -> None:
    told = sparql(server, "SELECT * { GRAPH <https://w3id.org/jixiao/graph/ledger> { ?s ?p ?o } }")
    assert "prov#used" in told.text
    assert str(Path.home()) not in told.text
    assert ".pdf" not in told.text


def _workers(server: Served) -> set[int]:
    """Return the workers: copies of the fork server, which the server started."""
    try:
        started = psutil.Process(server.process.pid).children()
        return {worker.pid for child in started for worker in child.children()}
    except psutil.NoSuchProcess:  # it ended meanwhile: the next look is as good
        return set()


def _settled(server: Served) -> set[int]:
    """Return the workers once they are as many as there should be."""
    tries, found = 600, _workers(server)
    while len(found) != 4 and (tries := tries - 1):
        time.sleep(0.1)
        found = _workers(server)
    return found


def _others(server: Served, before: set[int]) -> set[int]:
    """Return the workers once one of those before is gone and another in its place."""
    tries, found = 600, _workers(server)
    while (len(found) != 4 or len(found - before) != 1) and (tries := tries - 1):
        time.sleep(0.1)
        found = _workers(server)
    return found


def test_a_query_that_takes_too_long_is_ended(server: Served) -> None:
    before = _settled(server)
    response = sparql(server, ENDLESS)
    assert response.status_code == 504
    after = _others(server, before)
    assert len(after) == len(before) == 4
    assert len(before - after) == 1, "the process that worked on it is gone"
    assert sparql(server, "ASK {}", "application/json").json()["boolean"] is True


def test_a_client_that_leaves_frees_its_worker(server: Served) -> None:
    before = _settled(server)
    with pytest.raises(requests.Timeout):
        requests.post(f"{server.url}/sparql", data={"query": ENDLESS}, timeout=0.7)
    assert len(_others(server, before) - before) == 1


def test_an_answer_with_too_many_rows_is_a_problem_or_a_cut(server: Served) -> None:
    """Never rows that look whole: a client that reads half an answer knows it."""
    assert sparql(server, "SELECT ?s { ?s ?p ?o } LIMIT 50000").text.count("\n") == 50_001
    short = sparql(server, "SELECT (1 AS ?one) { ?s ?p ?o } LIMIT 50001")
    assert (short.status_code, short.json()["title"]) == (422, "too-long")
    for kind in ("text/csv", "application/sparql-results+json", "application/sparql-results+xml",
                 "text/tab-separated-values"):  # fmt: skip
        with pytest.raises(requests.exceptions.RequestException):
            sparql(server, "SELECT ?s ?p ?o { ?s ?p ?o }", kind)


def test_a_long_answer_is_sent_in_parts(server: Served) -> None:
    """Its head is sent before its length is known, and all of it comes."""
    query = "CONSTRUCT WHERE { ?s ?p ?o } LIMIT 40000"
    response = requests.post(
        f"{server.url}/sparql", data={"query": query}, headers={"accept": "application/n-triples"},
        stream=True, timeout=60,
    )  # fmt: skip
    assert response.headers["transfer-encoding"] == "chunked"
    assert "content-length" not in response.headers
    assert sum(len(part) for part in response.iter_content(65536)) > 4_000_000


def test_a_long_answer_is_whole(server: Served) -> None:
    query = "CONSTRUCT WHERE { ?s ?p ?o } LIMIT 40000"
    assert len(sparql(server, query, "application/n-triples").content) > 4_000_000


def test_a_client_that_does_not_read_holds_no_worker(server: Served) -> None:
    host, port = server.url.removeprefix("http://").split(":")
    query = quote("CONSTRUCT WHERE { ?s ?p ?o } LIMIT 40000")
    asked = f"GET /sparql?query={query} HTTP/1.1\r\nhost: {host}:{port}\r\n"
    with ExitStack() as stack:
        for _ in range(4):
            client = stack.enter_context(socket.socket())
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            client.connect((host, int(port)))
            client.sendall(f"{asked}accept: application/n-triples\r\n\r\n".encode())
        time.sleep(6)
        for _ in range(8):  # the clients are there still: no worker would be left for an answer
            assert sparql(server, "ASK {}", "application/json").json()["boolean"] is True


def test_more_than_can_wait_are_told_when_to_come_again(
    corpus_folder: Path, tmp_path: Path
) -> None:
    options = ("--seconds", "6", "--workers", "1")
    with workbench(corpus_folder, tmp_path, *options) as server, ThreadPoolExecutor(40) as pool:
        busy = pool.submit(sparql, server, ENDLESS)
        time.sleep(0.5)
        others = [pool.submit(sparql, server, "ASK {}") for _ in range(38)]
        time.sleep(0.5)
        assert get(server, f"/page/{PROJECT}").status_code == 200, "pages do not wait for queries"
        answers = [other.result() for other in others]
        refused = [a for a in answers if a.status_code == 503]
        assert len(refused) >= 6
        assert {a.headers["retry-after"] for a in refused} == {"5"}
        assert busy.result().status_code == 504


def test_a_worker_that_dies_costs_one_answer(server: Served) -> None:
    for worker in _workers(server):
        os.kill(worker, signal.SIGKILL)
    died = 0
    for path in ("/sparql?query=ASK%7B%7D", f"/data/{PROJECT}"):
        tries = 100
        while (answer := get(server, path)).status_code != 200 and (tries := tries - 1):
            told = answer.json()["title"]
            assert told in ("died", "too-slow"), "one that starts may take too long"
            died += told == "died"
        assert answer.status_code == 200
    assert died <= 4, "a worker each"


def _runs(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def test_the_workers_end_with_the_server(corpus_folder: Path, tmp_path: Path) -> None:
    with workbench(corpus_folder, tmp_path, "--seconds", "60") as server:
        working = ThreadPoolExecutor(1).submit(sparql, server, ENDLESS)
        time.sleep(0.7)
        workers = _workers(server)
        assert len(workers) == 4
        server.process.kill()
        assert isinstance(working.exception(10), requests.RequestException)
        server.process.wait()
        tries = 3000
        while any(map(_runs, workers)) and (tries := tries - 1):
            time.sleep(0.1)
        assert not any(map(_runs, workers))


def test_a_command_says_what_is_wrong(tmp_path: Path, corpus_folder: Path) -> None:
    command = [sys.executable, "-m", "jixiao", "--lang", "en", "serve", "--store"]
    none = subprocess.run(
        [*command, str(tmp_path / "x")], capture_output=True, text=True, check=False
    )
    assert (none.returncode, none.stderr.count("\n")) == (2, 1)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        held = subprocess.run([*command, str(corpus_folder), "--port", port], capture_output=True,
                              text=True, check=False)  # fmt: skip
    assert held.returncode == 2
    assert re.search(r"cannot listen on .*choose another --port", held.stderr)
