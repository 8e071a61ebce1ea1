"""The same questions on real servers, and what publishing sends there."""

import shutil
import subprocess
import sys
import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from pathlib import Path
from threading import Event, Thread
from typing import Any, cast

import click
import pytest
import requests
from tests import servers
from tests.answers import ROOT, Answers, same, stored
from tests.papers import few_codes, in_process
from tests.servers import Served

from jixiao.cli import cli
from jixiao.errors import StoreError
from jixiao.pipeline.build import build
from jixiao.publishing.sparql_store import Published, publish, remote_graphs
from jixiao.queries.answering import ask
from jixiao.queries.repositories.quirks import KINDS
from jixiao.queries.repositories.sparql_http import Endpoint, Login, login
from jixiao.rdf.questions import questions
from jixiao.store.statistics import counts
from jixiao.store.store import Store, open_store
from jixiao.store.versions import identity

pytestmark = pytest.mark.usefixtures("in_process")
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


EMPTY = {"transfer-recipients"}  # no paper of the corpus passes money on; another test has one


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("server", ["oxigraph", "virtuoso"])
def test_a_server_gives_the_same_rows(
    server: str, name: str, answers: Answers, request: pytest.FixtureRequest
) -> None:
    endpoint: Endpoint = request.getfixturevalue(server)
    answer = answers(name)
    assert bool(answer.rows) == (name not in EMPTY)
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


@pytest.fixture(params=["oxigraph", pytest.param("virtuoso", marks=pytest.mark.exhaustive)])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Endpoint]:
    start = servers.oxigraph if request.param == "oxigraph" else servers.virtuoso
    with start(tmp_path / "server") as served:
        yield Endpoint(served.url)


def _holds(endpoint: Endpoint, store: Store) -> None:
    """Assert that the endpoint has the store's graphs, each whole."""
    counted = "SELECT ?graph (COUNT(*) AS ?triples) { GRAPH ?graph { ?s ?p ?o } } GROUP BY ?graph"
    there = {row[0]: row[1] for row in ask(endpoint, counted).rows}
    here = counts(store).graphs
    for graph in store.graphs():
        assert there.pop(graph.value) == here[graph.value]
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


def _whole(endpoint: Endpoint) -> list[str]:
    """Return the graphs that were sent to their ends."""
    return [name for name, graph in remote_graphs(endpoint).items() if graph.digest]


def test_a_killed_publication_goes_on_where_it_was(empty: Endpoint, tmp_path: Path) -> None:
    """It gets as far as the sixth graph, each of which takes four calls."""
    folder = tmp_path / "store"
    with stored(folder, "farming*", "water*") as store, _proxy(empty.url, until=23) as url:
        command = [sys.executable, "-m", "jixiao", "publish", "--server", empty.server.sign]
        options = ["--store", str(folder), "--endpoint", url]
        with subprocess.Popen([*command, *options], stderr=subprocess.PIPE) as process:
            while process.poll() is None and len(_whole(empty)) < 5:
                time.sleep(0.05)
            assert process.poll() is None, "it was not killed in the midst of its work"
            process.kill()
        arrived = len(_whole(empty))
        assert 5 <= arrived < len(store.graphs())
        done = publish(store, empty)
        assert done.unchanged >= arrived and done.sent == len(store.graphs()) - done.unchanged
        _holds(empty, store)


def _names(endpoint: Endpoint) -> set[str]:
    """Return the documents' graphs at an endpoint."""
    held = ask(endpoint, "SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }").rows
    return {str(name) for (name,) in held if "/id/doc/" in str(name)}


@pytest.fixture(scope="module")
def water(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _small(WATER, tmp_path_factory.mktemp("water") / "store")


@pytest.fixture(scope="module")
def roads(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _small(ROADS, tmp_path_factory.mktemp("roads") / "store")


def _small(paper: Path, folder: Path) -> Path:
    """Build a store of a paper and of few other things, which are published over and over."""
    with in_process(), few_codes():
        build([paper], folder)
    return folder


class _BrokenOff(Endpoint):
    """Is interrupted after so many calls that change something."""

    def __init__(self, url: str, calls: int) -> None:
        super().__init__(url)
        self._left = calls

    def _send(self, request: Any) -> Any:
        if request.queryType not in ("SELECT", "ASK"):
            self._count()
        return super()._send(request)

    def _graph(self, method: str, graph: str, body: bytes | None) -> None:
        self._count()
        super()._graph(method, graph, body)

    def _count(self) -> None:
        if not self._left:
            raise KeyboardInterrupt
        self._left -= 1


def test_a_publication_that_is_broken_off_anywhere_leaves_nothing(
    water: Path, roads: Path, tmp_path: Path
) -> None:
    """Another document is published where one was; whatever call is the last, the next is right."""
    with servers.oxigraph(tmp_path / "server") as served:
        endpoint = Endpoint(served.url)
        calls = 0
        for calls in count():
            with open_store(water) as before:
                publish(before, endpoint, name="ours", batch=2_000)
                _holds(endpoint, before)
            try:
                with open_store(roads) as store:
                    publish(store, _BrokenOff(served.url, calls), name="ours", batch=2_000)
                    break
            except KeyboardInterrupt:
                pass
        assert calls > 15, "it was broken off in the midst of graphs and between them"
        with open_store(roads) as store:
            _holds(endpoint, store)


def test_a_store_deletes_only_what_it_sent_itself(
    empty: Endpoint, water: Path, roads: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "store"
    with few_codes():
        build([WATER, ROADS], folder)
    with open_store(water) as one, open_store(roads) as other, open_store(folder) as both:
        every = {name.value for name in both.graphs() if "/id/doc/" in name.value}
        publish(one, empty)
        assert publish(other, empty).deleted == 0
        assert _names(empty) == every
        assert publish(other, empty).unchanged == len(other.graphs())
        publish(both, empty, name="both")
    (tmp_path / "paper.txt").write_text("巨鹿县水务局 2024 年部门预算信息公开", encoding="utf-8")
    build([tmp_path / "paper.txt"], tmp_path / "bare")
    with open_store(tmp_path / "bare") as bare, open_store(water) as one:
        assert publish(bare, empty, name="both").deleted == 0
        assert _names(empty) > every, "what others sent as well stays"
        assert publish(bare, empty, name=identity(one.path)).deleted == 3
        left = {name for name in every if name not in {g.value for g in one.graphs()}}
        assert _names(empty) & every == left


def test_a_store_keeps_its_identity(tmp_path: Path) -> None:
    build([WATER], tmp_path / "store")
    with open_store(tmp_path / "store") as store:
        known = identity(store.path)
    build([ROADS], tmp_path / "store")
    moved = (tmp_path / "store").rename(tmp_path / "moved")
    with open_store(moved) as store:
        assert identity(store.path) == known
    build([WATER], tmp_path / "store")
    with open_store(tmp_path / "store") as store:
        assert identity(store.path) != known


def test_who_is_not_known_is_told_and_who_is_may_write(water: Path, tmp_path: Path) -> None:
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
        with open_store(water) as store:
            assert publish(store, endpoint, batch=500).sent == len(store.graphs())
            _holds(endpoint, store)
            assert publish(store, endpoint).sent == 0


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


def test_a_question_that_takes_too_long_is_told(roads: Path, tmp_path: Path) -> None:
    """Oxigraph cuts off in the midst of the rows; or it does not, and we wait no longer."""
    folder = tmp_path / "server"
    with servers.oxigraph(folder, "--timeout-s", "1") as served:
        endpoint = Endpoint(served.url)
        with open_store(roads) as store:
            publish(store, endpoint)
        with pytest.raises(StoreError, match="incomplete"):
            ask(endpoint, "SELECT * { ?a ?b ?c . ?d ?e ?f }")
    with servers.oxigraph(folder) as served:
        forever = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
        with pytest.raises(StoreError, match="check the address"):
            ask(Endpoint(served.url, tries=1, timeout=2), forever)


class _Answering(BaseHTTPRequestHandler):
    """Answers ASK with true to who is known, after as many errors as it is told to make.

    The status 0 is an answer that breaks off.
    """

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", "0")))
        self._answer()

    do_PUT = do_DELETE = do_POST  # noqa: N815

    def _answer(self) -> None:
        server = cast("_Server", self.server)
        server.asked.append(self.headers.get("Authorization", ""))
        server.called.append(f"{self.command} {self.path.partition('?')[0]}")
        status = server.statuses.pop(0) if server.statuses else 200
        if status == 0:
            self._break_off()
            return
        if server.moved and self.path.startswith("/sparql"):
            status = server.moved
        if status == 200 and server.wanted and server.asked[-1] != server.wanted:
            status = 401
        body = b'{"head": {}, "boolean": true}' if status == 200 else b"no"
        self.send_response(status)
        self.send_header("Content-Type", "application/sparql-results+json")
        self.send_header("Content-Length", str(len(body)))
        for name, value in server.told.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def _break_off(self) -> None:
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        self.wfile.write(b"20\r\n{")
        self.close_connection = True

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None: ...


class _Server(ThreadingHTTPServer):
    wanted = ""
    moved = 0  # the status with which it sends on to another address

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answering)
        self.statuses, self.asked, self.called = list[int](), list[str](), list[str]()
        self.told = dict[str, str]()

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
    assert ask(endpoint, "ASK {}").rows == ((True,),)
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


@pytest.mark.parametrize("method", ["PUT", "POST", "DELETE"])
@pytest.mark.parametrize("status", [503, 429, 0])
def test_what_is_sent_is_sent_again(answering: _Server, method: str, status: int) -> None:
    endpoint = Endpoint(answering.url, wait=0.01, server="standard")
    answering.statuses = [status, status]
    if method == "DELETE":
        endpoint.delete("urn:a")
    else:
        endpoint.put("urn:a", b"<urn:a> <urn:b> <urn:c> .\n", more=method == "POST")
    assert answering.called == [f"{method} /sparql"] * 3
    answering.statuses = [status] * 9
    with pytest.raises(StoreError, match="/sparql"):
        endpoint.update("INSERT DATA { <urn:a> <urn:b> <urn:c> }")


@pytest.mark.parametrize(
    ("told", "least", "most"),
    [
        ("1", 1, 1),
        ("Wed, 21 Oct 2015 07:28:00 GMT", 0, 0),
        ("3600", 2, 2),
        ("soon", 0, 0.01),
    ],
)
def test_a_server_is_left_alone_for_as_long_as_it_asks(
    answering: _Server, told: str, least: float, most: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """But no longer than an answer is waited for: two seconds here."""
    endpoint = Endpoint(answering.url, wait=0.01, timeout=2, server="standard")
    answering.told, answering.statuses = {"Retry-After": told}, [429]
    waited = list[float]()
    monkeypatch.setattr("urllib3.util.retry.time.sleep", waited.append)
    endpoint.update("INSERT DATA { <urn:a> <urn:b> <urn:c> }")
    assert least <= sum(waited) <= most


def test_a_publication_outlives_a_server_that_is_down_at_times(water: Path, tmp_path: Path) -> None:
    """Every third call fails; behind is a real server."""
    with (
        servers.oxigraph(tmp_path / "server") as served,
        _proxy(served.url, every=3) as url,
        open_store(water) as store,
    ):
        endpoint = Endpoint(url, server="oxigraph", wait=0.01)
        assert publish(store, endpoint, batch=300).sent == len(store.graphs())
        _holds(Endpoint(served.url), store)


@pytest.mark.parametrize("status", [301, 302, 303])
def test_what_has_moved_is_not_taken_for_done(answering: _Server, water: Path, status: int) -> None:
    """These statuses make a GET of a POST, and what was to be written is lost."""
    answering.moved, answering.told = status, {"Location": "/new"}
    endpoint = Endpoint(answering.url, server="standard")
    with pytest.raises(StoreError, match="moved to /new"):
        endpoint.update("INSERT DATA { <urn:a> <urn:b> <urn:c> }")
    with pytest.raises(StoreError, match="moved to /new"):
        endpoint.put("urn:a", b"", more=True)
    with open_store(water) as store, pytest.raises(StoreError, match="moved to /new"):
        publish(store, endpoint)
    assert not [call for call in answering.called if call.endswith("/new")]


@pytest.mark.parametrize("status", [307, 308])
def test_a_call_is_repeated_where_it_is_sent_on(answering: _Server, status: int) -> None:
    answering.moved, answering.told = status, {"Location": "/new"}
    endpoint = Endpoint(answering.url, server="standard")
    endpoint.update("INSERT DATA { <urn:a> <urn:b> <urn:c> }")
    endpoint.put("urn:a", b"<urn:a> <urn:b> <urn:c> .\n")
    assert answering.called == ["POST /sparql", "POST /new", "PUT /sparql", "PUT /new"]


@contextmanager
def _proxy(url: str, *, every: int = 0, until: int = 0) -> Generator[str]:
    """Stand before a server and hide what it is.

    Every so many calls fail; none after so many is answered before the end.
    """
    host, _, path = url.removeprefix("http://").partition("/")
    upstream, calls, ends = f"http://{host}", count(1), Event()

    class Proxy(BaseHTTPRequestHandler):
        server_version, sys_version = "proxy", ""

        def _pass_on(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            call = next(calls)
            if until and call > until:
                ends.wait()
                return
            if every and call % every == 0:
                self.send_response(503)
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            kept = {
                k: v for k, v in self.headers.items() if k.lower() in ("accept", "content-type")
            }
            with requests.request(self.command, upstream + self.path, data=body, headers=kept) as a:
                self.send_response(a.status_code)
                self.send_header("Content-Type", a.headers.get("Content-Type", ""))
                self.send_header("Content-Length", str(len(a.content)))
                self.end_headers()
                self.wfile.write(a.content)

        do_GET = do_POST = do_PUT = do_DELETE = _pass_on  # noqa: N815

        def log_request(self, code: int | str = "-", size: int | str = "-") -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Proxy) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/{path}"
        finally:
            ends.set()
            server.shutdown()
            thread.join()


@pytest.mark.parametrize("command", ["query", "publish"])
def test_the_kinds_that_a_command_takes_are_those_there_are(command: str) -> None:
    option = next(p for p in cli.commands[command].params if p.name == "server")
    assert isinstance(option.type, click.Choice)
    assert list(option.type.choices) == list(KINDS)


def test_behind_a_proxy_a_server_is_named(
    water: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with servers.oxigraph(tmp_path / "server") as served, _proxy(served.url) as url:
        with open_store(water) as store:
            named = Endpoint(url, server="oxigraph")
            assert publish(store, named).sent == len(store.graphs())
            rows = ask(store, "projects").rows
        assert ask(named, "projects").rows == rows
        for name in ("projects", "triples-of-file"):
            with pytest.raises(StoreError, match="JIXIAO_ENDPOINT_SERVER"):
                ask(Endpoint(url), name)
        assert ask(Endpoint(url), "ASK { GRAPH ?g { ?s ?p ?o } }").rows == ((True,),)
        standard = Endpoint(url, server="standard")
        assert ask(standard, "SELECT * { GRAPH <urn:none> { ?s ?p ?o } }").rows == ()
        with pytest.raises(StoreError, match="JIXIAO_ENDPOINT_SERVER"):
            ask(standard, "projects")
        monkeypatch.setenv("JIXIAO_ENDPOINT_SERVER", "Oxigraph")
        assert ask(Endpoint(url), "projects").rows == rows
        monkeypatch.setenv("JIXIAO_ENDPOINT_SERVER", "blazegraph")
        with pytest.raises(StoreError, match="oxigraph, virtuoso, fuseki, standard"):
            Endpoint(url)


@pytest.mark.parametrize(
    "url", ["http://me:secret@127.0.0.1:9/query", "ftp://me:secret@x/", "http://[me:secret@x/"]
)
@pytest.mark.parametrize("which", ["url", "update_url", "graph_store_url"])
def test_a_password_in_an_address_is_not_repeated(url: str, which: str) -> None:
    addresses: dict[str, Any] = {"url": "http://127.0.0.1:9/query", which: url}
    with pytest.raises(StoreError) as refused:
        Endpoint(**addresses)
    told = refused.value
    assert "secret" not in told.message.en + told.message.zh + repr(told.fields)


def test_nobody_there_is_one_line() -> None:
    url = f"http://127.0.0.1:{servers.free_port()}/sparql"
    words = ["--lang", "en", "query", "projects", "--endpoint", url]
    command = [sys.executable, "-m", "jixiao", *words]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2 and done.stderr.count("\n") == 1
    assert done.stderr.startswith("jixiao: ") and url in done.stderr
