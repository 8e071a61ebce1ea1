"""The same questions on real servers, and what publishing sends there."""

import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import cast

import pytest
from tests import servers
from tests.answers import ROOT, same
from tests.servers import Served

from jixiao.build import build
from jixiao.errors import StoreError
from jixiao.publish import Published, publish, there
from jixiao.queries import ask
from jixiao.questions import questions
from jixiao.remote import Endpoint, Login, login
from jixiao.store import Store, open_store

NAMES = [question.name for question in questions()]
WATER = ROOT / "tests" / "data" / "corpus" / "water-2024.docx"
ROADS = ROOT / "tests" / "data" / "corpus" / "roads-2019.docx"


@pytest.fixture(scope="module")
def oxigraph(corpus: Store, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Endpoint]:
    with servers.oxigraph(tmp_path_factory.mktemp("oxigraph")) as served:
        yield _published(corpus, served)


@pytest.fixture(scope="module")
def virtuoso(corpus: Store, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Endpoint]:
    with servers.virtuoso(tmp_path_factory.mktemp("virtuoso")) as served:
        yield _published(corpus, served)


def _published(corpus: Store, served: Served) -> Endpoint:
    endpoint = Endpoint(served.url)
    assert publish(corpus, endpoint) == Published(len(corpus.graphs()), 0, 0)
    return endpoint


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("server", ["oxigraph", "virtuoso"])
def test_a_server_gives_the_same_rows(
    server: str, name: str, corpus: Store, request: pytest.FixtureRequest
) -> None:
    endpoint: Endpoint = request.getfixturevalue(server)
    answer = ask(corpus, name)
    assert answer.rows
    assert same(ask(endpoint, name)) == same(answer)


@pytest.mark.parametrize("server", ["oxigraph", "virtuoso"])
def test_parameters_truth_values_and_graphs(server: str, request: pytest.FixtureRequest) -> None:
    endpoint: Endpoint = request.getfixturevalue(server)
    attack = '") } ; DROP ALL ; SELECT * WHERE { FILTER(?x = "\\ \n热线'
    assert ask(endpoint, "indicators-about", word=attack).rows == ()
    assert ask(endpoint, "indicators-about", word="坐席").rows
    assert ask(endpoint, "ASK { ?s ?p ?o }").rows == ((True,),)
    classes = "CONSTRUCT { ?s a ?c } WHERE { ?s a ?c . FILTER(CONTAINS(STR(?c), 'BudgetProject')) }"
    assert len(ask(endpoint, classes).rows) == 61
    with pytest.raises(StoreError, match="does not accept"):
        ask(endpoint, "SELECT ?x WHERE { ?x")


@pytest.fixture(params=["oxigraph", "virtuoso"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Endpoint]:
    start = servers.oxigraph if request.param == "oxigraph" else servers.virtuoso
    with start(tmp_path / "server") as served:
        yield Endpoint(served.url)


def _holds(endpoint: Endpoint, store: Store) -> None:
    """Assert that the endpoint has the store's graphs, each whole."""
    counted = "SELECT ?graph (COUNT(*) AS ?triples) { GRAPH ?graph { ?s ?p ?o } } GROUP BY ?graph"
    there = {row[0]: row[1] for row in ask(endpoint, counted).rows}
    for graph in store.graphs():
        assert there.pop(graph.value) == len(list(store.quads([graph])))
    assert not [name for name in there if str(name).startswith("https://w3id.org/jixiao/id/")]


def test_only_what_changed_is_sent(empty: Endpoint, tmp_path: Path) -> None:
    paper = Path(shutil.copy(WATER, tmp_path / "paper.docx"))
    folder = tmp_path / "store"
    empty.put("urn:own", b'<urn:own:a> <urn:own:b> "ours" .\n')
    build([paper], folder)
    with open_store(folder) as store:
        before = set(store.graphs())
        assert publish(store, empty, batch=500) == Published(len(before), 0, 0)
        _holds(empty, store)
        assert publish(store, empty) == Published(0, len(before), 0)
    shutil.copy(ROADS, paper)
    build([paper], folder)
    with open_store(folder) as store:
        after = set(store.graphs())
        done = publish(store, empty)
        assert done.deleted == len(before - after) == 3
        assert len(after - before) <= done.sent <= len(after - before) + 1, "and the comparison"
        assert done.unchanged == len(after) - done.sent
        _holds(empty, store)
    assert ask(empty, "ASK { GRAPH <urn:own> { ?s ?p ?o } }").rows == ((True,),)


def test_a_killed_publication_goes_on_where_it_was(
    empty: Endpoint, corpus: Store, corpus_folder: Path
) -> None:
    command = [sys.executable, "-m", "jixiao", "publish"]
    options = ["--store", str(corpus_folder), "--endpoint", empty.url]
    with subprocess.Popen([*command, *options], stderr=subprocess.PIPE) as process:
        while process.poll() is None and len(there(empty)) < 5:
            time.sleep(0.02)
        assert process.poll() is None, "it was not killed in the midst of its work"
        process.kill()
    arrived = len(there(empty))
    assert 5 <= arrived < len(corpus.graphs())
    done = publish(corpus, empty)
    assert done.unchanged >= arrived and done.sent == len(corpus.graphs()) - done.unchanged
    _holds(empty, corpus)


def test_who_is_not_known_is_told_and_who_is_may_write(tmp_path: Path) -> None:
    with servers.virtuoso(tmp_path / "virtuoso") as served:
        url = served.url + "-auth"
        insert = "INSERT DATA { GRAPH <urn:h> { <urn:a> a <urn:d> } }"
        for who in (Login("dba", "wrong", digest=True), Login()):
            with pytest.raises(StoreError, match="JIXIAO_ENDPOINT_"):
                Endpoint(url, who=who, tries=1).update(insert)
        endpoint = Endpoint(url, who=Login("dba", "dba", digest=True))
        endpoint.put("urn:h", b"<urn:a> <urn:b> <urn:c> .\n")
        endpoint.update(insert)
        assert len(ask(endpoint, "SELECT * { GRAPH <urn:h> { ?s ?p ?o } }").rows) == 2


def test_an_answer_that_is_not_whole_is_no_answer(tmp_path: Path) -> None:
    """Virtuoso cuts off at its greatest number of rows and says so in a header only."""
    triples = "".join(f"<urn:a> <urn:b> <urn:c{n}> .\n" for n in range(50))
    with servers.virtuoso(tmp_path / "virtuoso", rows=10) as served:
        endpoint = Endpoint(served.url)
        endpoint.put("urn:many", triples.encode())
        with pytest.raises(StoreError, match="MaxRows"):
            ask(endpoint, "SELECT ?o { GRAPH <urn:many> { ?s ?p ?o } }")
        counted = ask(endpoint, "SELECT (COUNT(*) AS ?n) { GRAPH <urn:many> { ?s ?p ?o } }")
        assert counted.rows == ((50,),)


def test_a_question_that_takes_too_long_is_told(corpus: Store, tmp_path: Path) -> None:
    """Oxigraph cuts off in the midst of the rows; or it does not, and we wait no longer."""
    folder = tmp_path / "server"
    with servers.oxigraph(folder, "--timeout-s", "1") as served:
        endpoint = Endpoint(served.url)
        publish(corpus, endpoint)
        with pytest.raises(StoreError, match="not whole"):
            ask(endpoint, "SELECT * { ?a ?b ?c . ?d ?e ?f }")
    with servers.oxigraph(folder) as served:
        started = time.monotonic()
        forever = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
        with pytest.raises(StoreError, match="check the address"):
            ask(Endpoint(served.url, tries=1, timeout=2), forever)
        assert time.monotonic() - started < 10


class _Answering(BaseHTTPRequestHandler):
    """Answers ASK with true to who is known, after as many errors as it is told to make."""

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self._answer()

    def _answer(self) -> None:
        server = cast("_Server", self.server)
        server.asked.append(self.headers.get("Authorization", ""))
        status = server.statuses.pop(0) if server.statuses else 200
        if status == 200 and server.wanted and server.asked[-1] != server.wanted:
            status = 401
        body = b'{"head": {}, "boolean": true}' if status == 200 else b"no"
        self.send_response(status)
        self.send_header("Content-Type", "application/sparql-results+json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None: ...


class _Server(ThreadingHTTPServer):
    wanted = ""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answering)
        self.statuses, self.asked = list[int](), list[str]()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/sparql"


@pytest.fixture
def answering() -> Iterator[_Server]:
    with _Server() as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.mark.parametrize(
    ("environment", "wanted"),
    [
        ({"JIXIAO_ENDPOINT_TOKEN": "abc"}, "Bearer abc"),
        ({"JIXIAO_ENDPOINT_USER": "me", "JIXIAO_ENDPOINT_PASSWORD": "秘"}, "Basic bWU656eY"),
    ],
)
def test_who_asks_is_told_by_the_environment(
    answering: _Server, environment: dict[str, str], wanted: str
) -> None:
    answering.wanted = wanted
    endpoint = Endpoint(answering.url, who=login(environment))
    assert ask(endpoint, "ASK {}").rows == ((True,),)
    with pytest.raises(StoreError, match="JIXIAO_ENDPOINT_"):
        ask(Endpoint(answering.url, who=Login(token="other")), "ASK {}")


def test_an_unknown_way_to_log_in_is_told() -> None:
    with pytest.raises(StoreError, match="kerberos"):
        login({"JIXIAO_ENDPOINT_AUTH": "kerberos"})


def test_what_may_pass_is_tried_again(answering: _Server) -> None:
    endpoint = Endpoint(answering.url, wait=0.01)
    assert endpoint.server.name == "SPARQL 1.1"
    answering.asked.clear()
    answering.statuses = [503, 500]
    assert ask(endpoint, "ASK {}").rows == ((True,),)
    assert len(answering.asked) == 3
    answering.asked.clear()
    answering.statuses = [503] * 9
    with pytest.raises(StoreError, match=f":{answering.server_port}/sparql"):
        ask(endpoint, "ASK {}")
    assert len(answering.asked) == 4
    answering.asked.clear()
    answering.statuses = [400]
    with pytest.raises(StoreError):
        ask(endpoint, "ASK {}")
    assert len(answering.asked) == 1, "what is wrong stays wrong"


def test_nobody_there_is_one_line() -> None:
    url = f"http://127.0.0.1:{servers.free_port()}/sparql"
    words = ["--lang", "en", "query", "projects", "--endpoint", url]
    command = [sys.executable, "-m", "jixiao", *words]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2 and done.stderr.count("\n") == 1
    assert done.stderr.startswith("jixiao: ") and url in done.stderr
