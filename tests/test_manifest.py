"""What the user states in a manifest wins over what is read, and is told apart from it."""

import csv
import io
import shutil
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from tests.answers import ROOT, nquads
from tests.commands import run
from tests.papers import in_process

import jixiao
from jixiao.errors import FileError, UsageError
from jixiao.extraction.manifest_words import Column, manifest_words
from jixiao.model.manifest import ManifestRow
from jixiao.model.record import Document, Found, Provenance, Region
from jixiao.pipeline.build import build
from jixiao.pipeline.manifest.rows import read_manifest
from jixiao.publishing.dcat import publication, write
from jixiao.store.store import open_store

CORPUS = ROOT / "tests" / "data" / "corpus"
FARMING = CORPUS / "farming-2023.docx"
PAGE = """<p>{year}预算</p><p>清淤项目绩效目标表</p><table>
<tr><td>一级指标</td><td>二级指标</td><td>三级指标</td><td>指标值</td></tr>
<tr><td>产出指标</td><td>数量指标</td><td>清淤长度</td><td>≥30公里</td></tr></table>"""
PROVENANCE = """PREFIX dct: <http://purl.org/dc/terms/> PREFIX foaf: <http://xmlns.com/foaf/0.1/>
PREFIX jx: <https://w3id.org/jixiao/ns#>
SELECT ?url ?name ?issued ?licence { ?document a jx:DisclosureDocument ; dct:source ?url ;
    dct:publisher ?who ; dct:issued ?issued ; dct:license ?licence . ?who foaf:name ?name }"""


@pytest.fixture
def papers_for_processes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory with a folder of two papers that say little about themselves."""
    monkeypatch.chdir(tmp_path)
    return _two_papers(tmp_path / "papers")


@pytest.fixture
def papers(papers_for_processes: Path, in_process: None) -> Path:
    """The same, where builds start no processes."""
    return papers_for_processes


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store of two such papers, for tests that do not change it."""
    folder = tmp_path_factory.mktemp("built")
    with in_process():
        jixiao.build(_two_papers(folder / "papers"), folder / "store")
    return folder / "store"


def _two_papers(folder: Path) -> Path:
    folder.mkdir()
    for name in ("a", "b"):
        page = PAGE.format(year=f"{name} ")
        (folder / f"{name}.html").write_text(page, encoding="utf-8")
    return folder


def manifest(*lines: str, name: str = "papers.csv") -> Path:
    """Write a manifest into the working directory; the first line is the header."""
    path = Path(name)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def documents(paths: Path | Sequence[Path], *lines: str) -> dict[str, Document]:
    """Build the store with a manifest; return the documents that changed by their files."""
    several = [paths] if isinstance(paths, Path) else paths
    done = jixiao.build(several, "store", manifest=manifest(*lines))
    return {one.path.name: one.record.document for one in done.built}


@pytest.mark.usefixtures("papers")
def test_what_is_stated_wins_and_what_was_read_is_kept(tmp_path: Path) -> None:
    paper = Path(shutil.copy(CORPUS / "water-2024.docx", tmp_path))
    read = jixiao.read(paper)
    assert read.document.fiscal_year == 2024
    done = jixiao.build(
        paper,
        "store",
        manifest=manifest(
            "path,department,code,body kind,region,year,kind",
            "water-2024.docx,巨鹿县水务局,434,单位,130529,2023,决算",
        ),
    )
    record = done.built[0].record
    document = record.document
    assert (document.department, document.department_code) == ("巨鹿县水务局", "434")
    assert (document.body_kind, document.kind) == ("unit", "final-accounts")
    assert (document.region, document.fiscal_year) == (Region("130529", "巨鹿县"), 2023)
    assert {document.found[field].how for field in ("department", "region", "kind")} == {"manifest"}
    kept = document.found["fiscal_year"].read
    assert kept is not None
    assert kept.text == "预算年度：2024"
    told = [p.message for p in record.problems if p.code == "manifest-differs"]
    assert any("2023" in one.en and "2024" in one.en for one in told)
    assert any("决算" not in one.zh and "年度" in one.zh for one in told)
    assert document.title == read.document.title
    assert record.projects == read.projects
    assert done.stated == 1


def test_what_agrees_is_no_problem_and_what_was_missing_is_none_any_more(papers: Path) -> None:
    missing = {problem.code for problem in jixiao.read(papers / "a.html").problems}
    assert {"no-department", "no-year"} <= missing
    rows = ("file,year,department", "papers/a.html,2024年,巨鹿县水务局")
    done = jixiao.build(papers, "store", manifest=manifest(*rows))
    one, other = done.built
    assert not {"no-department", "no-year", "manifest-differs"} & {
        problem.code for problem in one.record.problems
    }
    assert one.record.document.found["fiscal_year"] == Found("manifest", "2024年", None)
    assert one.record.document.region == Region("130529", "巨鹿县"), "of the department's name"
    assert other.record == jixiao.read(papers / "b.html"), "a file without a row is as it was"
    rows = (f"{rows[0]},region", f"{FARMING},2023,,平乡县")
    again = jixiao.build(FARMING, "store", manifest=manifest(*rows))
    assert "manifest-differs" not in {p.code for p in again.built[0].record.problems}
    assert again.built[0].record.document.found["region"].read is None


def test_a_stated_year_brings_the_schemes_of_its_time(papers: Path) -> None:
    (papers / "c.html").write_text(PAGE.format(year="巨鹿县水务局2019年部门"), encoding="utf-8")
    read = {name: jixiao.read(papers / name).projects[0] for name in ("a.html", "c.html")}
    done = jixiao.build(
        [papers / "a.html", papers / "c.html"],
        "store",
        manifest=manifest("path,year", "papers/a.html,2019", "papers/c.html,2024"),
    )
    one, other = (built.record.projects[0] for built in done.built)
    assert (read["a.html"].scheme, one.scheme) == ("2021", "2015")
    assert (read["c.html"].scheme, other.scheme) == ("2015", "2021")
    assert one.indicators[0].category == "output.quantity"


def test_where_a_paper_was_published_is_in_the_graph(papers: Path) -> None:
    row = "papers/a.html,https://example.gov.cn/预算/a.html,巨鹿县人民政府,2024/2/15,CC BY 4.0"
    by_name = documents(papers, "path,url,publisher,published,licence", row)
    stated = Provenance(
        url="https://example.gov.cn/预算/a.html",
        publisher="巨鹿县人民政府",
        published="2024-02-15",
        licence="https://creativecommons.org/licenses/by/4.0/",
    )
    assert by_name["a.html"].provenance == stated
    assert by_name["b.html"].provenance is None
    (found,) = jixiao.ask("store", PROVENANCE).rows
    assert list(map(str, found)) == [
        stated.url, stated.publisher, stated.published, stated.licence,
    ]  # fmt: skip
    catalogue = Path("catalog.ttl")
    with open_store(Path("store")) as store:
        write(store, catalogue, publication(at="https://example.org", publisher="x"))
    for text in (stated.url, stated.publisher, stated.published):
        assert text
        assert text in catalogue.read_text(encoding="utf-8")
    for row_of_b, licence in (("", "by/4.0"), (",CC BY NC 4.0", "by/4.0"), (",CC BY NC 4.0", "nc")):
        one = "CC BY NC 4.0" if licence == "nc" else "CC BY 4.0"
        rows = [f"papers/a.html,{one}", *([f"papers/b.html{row_of_b}"] if row_of_b else [])]
        documents(papers, "path,licence", *rows)
        with open_store(Path("store")) as store:
            write(store, catalogue, publication(at="https://example.org", publisher="x"))
        used = [line for line in catalogue.read_text().splitlines() if "dct:license" in line]
        assert any(licence in line for line in used)
        assert licence != "nc" or not any("by/4.0" in line for line in used)


HEADERS = {
    "English": "path,department,year,region",
    "Chinese": "文件,部门名称,年度,行政区划",
    "of Excel": " 文件路径 ,部门,预算年度,区划代码",
}


@pytest.mark.parametrize("header", HEADERS.values(), ids=list(HEADERS))
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("separator", [",", "\t", ";"])
def test_headers_encodings_and_separators(
    tmp_path: Path, header: str, encoding: str, separator: str
) -> None:
    path = tmp_path / "papers.csv"
    text = f"{header}\r\n水务.pdf,巨鹿县水务局,２０２４年,河北省巨鹿县\r\n"
    path.write_bytes(text.replace(",", separator).encode(encoding))
    read = read_manifest(path)
    assert not read.faults
    (line,) = read.lines
    assert (line.number, line.path) == (2, "水务.pdf")
    assert (line.row.department, line.row.fiscal_year) == ("巨鹿县水务局", 2024)
    assert line.row.region == Region("130529", "巨鹿县")


def test_columns_in_any_order_and_lines_within_a_cell(tmp_path: Path) -> None:
    path = tmp_path / "papers.csv"
    path.write_text('year,path\n\n"20\n24",a.pdf\n2023,b.pdf\n', encoding="utf-8")
    read = read_manifest(path)
    assert [(line.number, line.path, line.row.fiscal_year) for line in read.lines] == [
        (3, "a.pdf", 2024),
        (5, "b.pdf", 2023),
    ]


@pytest.mark.parametrize(
    ("column", "text", "value"),
    [
        ("published", "2024年2月5日", "2024-02-05"),
        ("published", "2024.2", "2024-02"),
        ("published", "2024年2月", "2024-02"),
        ("published", "2024", "2024"),
        ("fiscal_year", "2024年度", 2024),
        ("kind", "Final-Accounts", "final-accounts"),
        ("kind", "绩效自评", "self-evaluation"),
        ("body_kind", "专项资金", "fund"),
        ("region", "北京市朝阳区", Region("110105", "朝阳区")),
        ("region", "邢台市巨鹿县", Region("130529", "巨鹿县")),
        ("region", "130000", Region("130000", "河北省")),
        ("licence", "https://example.org/terms", "https://example.org/terms"),
        ("licence", "cc-by 4.0", "https://creativecommons.org/licenses/by/4.0/"),
        ("department_code", " ４３４ ", "434"),
    ],
)
def test_a_value_is_understood(tmp_path: Path, column: Column, text: str, value: object) -> None:
    path = tmp_path / "papers.csv"
    path.write_text(f"path,{manifest_words().columns[column][0]}\na.pdf,{text}\n", encoding="utf-8")
    (line,) = read_manifest(path).lines
    assert getattr(line.row, column) == value
    assert line.row.words == {column: text.strip()}


@pytest.mark.parametrize(
    ("header", "value", "told"),
    [
        ("year", "24", "four digits"),
        ("year", "二〇二四", "four digits"),
        ("year", "1024", "four digits"),
        ("region", "朝阳区", "110105 北京市朝阳区"),
        ("region", "朝阴区", "no division is called"),
        ("region", "139999", "no division has the code"),
        ("region", "1305", "no division has the code"),
        ("kind", "预", "决算"),
        ("body kind", "局", "专项资金"),
        ("published", "2024-02-30", "2024-02-15"),
        ("published", "15.2.2024", "2024-02-15"),
        ("url", "www.example.org/a", "https://"),
        ("url", "https://exa mple.org/", "https://"),
        ("url", "https://example.org/<a>", "https://"),
        ("licence", "free", "CC BY 4.0"),
    ],
)
def test_a_bad_value_is_one_line_that_says_what_to_do(
    papers: Path, built: Path, header: str, value: str, told: str
) -> None:
    before = {file: file.read_bytes() for file in built.rglob("*") if file.is_file()}
    assert before
    rows = manifest(f"path,{header}", "papers/b.html,", f"papers/a.html,{value}")
    for store in (built, Path("new")):
        done = run("build", papers, "--store", store, "--manifest", rows)
        assert (done.returncode, done.stdout) == (2, "")
        first, line = done.stderr.splitlines()
        assert "1 fault;" in first
        assert line.startswith("papers.csv:3: ")
        assert value in line
        assert told in line
    after = {file: file.read_bytes() for file in built.rglob("*") if file.is_file()}
    assert before == after
    assert not Path("new").exists()


def faults_of(paths: Path, rows: Path) -> list[str]:
    """Return the lines of the error that building with a manifest ends in."""
    with pytest.raises(UsageError) as refused:
        jixiao.build(paths, "refused", manifest=rows)
    assert not Path("refused").exists()
    return str(refused.value.message.en).splitlines()[1:]


def test_all_faults_are_told_at_once(papers: Path) -> None:
    rows = manifest(
        "path,year,region", "papers/a.html,x,y", ",2024,", "papers/b.html,2024,,,z", "papers/a.html"
    )
    assert [line.partition(": ")[0] for line in faults_of(papers, rows)] == [
        "papers.csv:2", "papers.csv:2", "papers.csv:3", "papers.csv:4", "papers.csv:5",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        (["department,year", "x,2024"], "papers.csv:1: no column has the paths"),
        ([""], "papers.csv:1: no column has the paths"),
        (["path,year,年度", "a,2024,2023"], "papers.csv:1: the columns 年度 and year"),
        (["path,year", '"papers/a.html,2024'], "papers.csv:2: not CSV"),
        (["path,year", "papers/a.html,2024", "papers/a.html,2024"], "papers.csv:3: papers/a.html"),
        (["path,year", "papers/a.html,2024", "papers/copy.html,2023"], "same content"),
    ],
)
def test_a_manifest_that_cannot_be_meant_is_refused(
    papers: Path, lines: list[str], told: str
) -> None:
    shutil.copy(papers / "a.html", papers / "copy.html")
    (fault,) = faults_of(papers, manifest(*lines))
    assert told in fault


def test_a_manifest_that_cannot_be_read_is_refused(papers: Path) -> None:
    for name, content in (("none.csv", None), ("book.csv", b"PK\x03\x04\xff\xff\xfe\0\x81")):
        if content:
            Path(name).write_bytes(content)
        with pytest.raises(FileError) as refused:
            jixiao.build(papers, "store", manifest=name)
        assert name in refused.value.message.en
    assert not Path("store").exists()


def test_what_of_a_manifest_is_not_used_is_told(papers: Path) -> None:
    rows = manifest(
        "path,年度,备注,",
        "papers/a.html,2024,x,y",
        "papers/none.html,2024",
        "papers/b.html,2024",
    )
    done = jixiao.build(papers / "a.html", "store", manifest=rows)
    assert [(said.en.partition(": ")[0], said.en) for said in done.notices] == [
        ("papers.csv:1", done.notices[0].en),
        ("papers.csv:2", done.notices[1].en),
        ("papers.csv:3", done.notices[2].en),
        ("papers.csv:4", done.notices[3].en),
    ]
    for said, word in zip(done.notices, ("备注", "y", "papers/none.html", "1 row"), strict=True):
        assert word in said.en
        assert word.removesuffix(" row") in said.zh


def test_the_command_tells_it_in_both_languages(papers: Path) -> None:
    rows = manifest("路径,年度,备注", "papers/a.html,2024,x")
    done = run("build", papers, "--store", "store", "--manifest", rows)
    assert done.returncode == 0
    assert "the manifest states 1 of the documents" in done.stdout
    assert "papers.csv:1: the column 备注 is unknown" in done.stdout
    assert "--manifest papers.csv --store store --report" in done.stdout, "the next command"
    told = run("build", papers, "--store", "store", "--manifest", rows, "--lang", "zh").stdout
    assert "papers.csv:1：不认识“备注”一列" in told
    assert run("build", papers, "--store", "store", "--manifest", rows, "--quiet").stdout == ""


def test_a_path_counts_from_the_manifest_or_from_the_working_directory(papers: Path) -> None:
    (lists := Path("lists")).mkdir()
    for name, path in (("beside", "../papers/a.html"), ("below", "papers/a.html")):
        rows = manifest("path,year", f"{path},2024", name=f"lists/{name}.csv")
        assert jixiao.build(papers, "store", manifest=rows).stated == 1
    absolute = manifest("path,year", f"{papers / 'a.html'},2024", name="lists/absolute.csv")
    assert jixiao.build(papers, "store", manifest=absolute).stated == 1
    windows = manifest("path,year", r"papers\a.html,2024", name="lists/windows.csv")
    assert jixiao.build(papers, "store", manifest=windows).stated == 1
    shutil.copytree(papers, lists / "papers")
    (fault,) = faults_of(papers, Path("lists/below.csv"))
    assert "lists/below.csv:2: papers/a.html: may be " in fault
    assert "write the full path" in fault


def test_a_file_in_an_archive_has_a_row(papers: Path) -> None:
    shutil.make_archive("packed", "zip", papers)
    by_name = documents(Path("packed.zip"), "path,year", "packed.zip/a.html,2024")
    assert (by_name["a.html"].fiscal_year, by_name["b.html"].fiscal_year) == (2024, None)


def test_a_copy_is_stated_by_the_row_of_the_other(papers: Path) -> None:
    shutil.copy(papers / "b.html", papers / "0.html")
    by_name = documents(papers, "path,year", "papers/b.html,2024", "papers/a.html,")
    assert {name: d.fiscal_year for name, d in by_name.items()} == {"0.html": 2024, "a.html": None}


def stages(papers: Path, rows: Path | None = None, **options: Any) -> tuple[dict[str, int], int]:
    """Build again; return how many documents went through each stage, and how many did not."""
    done = build([papers], Path("store"), manifest=rows, limits=None, **options)
    return {str(stage): count for stage, count in done.tally.stages.items()}, len(done.skipped)


def test_a_changed_row_reads_nothing_and_concerns_its_paper_alone(papers: Path) -> None:
    assert stages(papers) == ({"read": 2, "map": 2, "check": 2}, 0)
    one = {"map": 1, "check": 1}
    rows = manifest("path,year", "papers/a.html,2024")
    assert stages(papers, rows) == (one, 1)
    assert stages(papers, rows) == ({}, 2)
    rows = manifest("年度,路径", ",papers/b.html", "2024,papers/a.html")
    assert stages(papers, rows) == ({}, 2), "the same is stated in other places"
    rows = manifest("path,year,url", "papers/a.html,2023,https://example.org/a")
    assert stages(papers, rows) == (one, 1)
    assert stages(papers, rows, profile="strict") == ({"check": 2}, 0)
    checked = build([papers], Path("store"), manifest=rows, limits=None)
    assert [b.record.document.fiscal_year for b in checked.built] == [2023, None]
    fresh = build([papers], Path("fresh"), manifest=rows, limits=None)
    assert fresh.stated == 1
    one_store, other = Path("store"), Path("fresh")
    assert nquads(one_store, Path("a.nq")) == nquads(other, Path("b.nq"))
    gone = build([papers], one_store, limits=None)
    assert dict(gone.tally.stages) == one
    assert "a.html" in gone.notices[0].en
    shutil.rmtree("fresh")
    build([papers], other, limits=None)
    assert nquads(one_store, Path("a.nq")) == nquads(other, Path("b.nq"))
    assert build([papers], one_store, limits=None).notices == ()


def test_workers_are_told_what_is_stated(papers_for_processes: Path) -> None:
    rows = manifest("path,year", "papers/a.html,2024", "papers/b.html,2023")
    done = jixiao.build(papers_for_processes, "store", manifest=rows, jobs=2)
    assert [b.record.document.fiscal_year for b in done.built] == [2024, 2023]


_TEXTS = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zl", "Zp", "Zs"]), min_size=1
).filter(lambda text: text == text.strip() and "\ufeff" not in text)
_ROWS = st.fixed_dictionaries(
    {"path": _TEXTS},
    optional={
        "department": _TEXTS,
        "department_code": st.from_regex(r"[0-9]{3,6}", fullmatch=True),
        "fiscal_year": st.integers(1990, 2090).map(str),
        "kind": st.sampled_from([w for words in manifest_words().kinds.values() for w in words]),
        "published": st.dates().filter(lambda d: d.year >= 1990 and d.year < 2090).map(str),
        "publisher": _TEXTS,
        "url": st.just("https://example.org/a,b?c=\"'d"[:25]),
    },
)


@given(
    rows=st.lists(_ROWS, min_size=1, max_size=4),
    order=st.randoms(),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "gb18030"]),
    separator=st.sampled_from([",", "\t", ";"]),
    end=st.sampled_from(["\n", "\r\n"]),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    chinese=st.booleans(),
)
def test_what_any_spreadsheet_writes_comes_back(
    rows: list[dict[Column, str]],
    order: Any,
    encoding: str,
    separator: str,
    end: str,
    quoting: Any,
    chinese: bool,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    columns = list(manifest_words().columns)
    order.shuffle(columns)
    headers = [manifest_words().columns[column][-1 if chinese else 0] for column in columns]
    text = io.StringIO()
    writer = csv.writer(text, delimiter=separator, lineterminator=end, quoting=quoting)
    writer.writerow(headers)
    writer.writerows([[row.get(column, "") for column in columns] for row in rows])
    path = tmp_path_factory.mktemp("manifest") / "papers.csv"
    path.write_bytes(text.getvalue().encode(encoding))
    read = read_manifest(path)
    assert not read.faults
    assert not read.notices
    assert [line.path for line in read.lines] == [row["path"] for row in rows]
    assert [_without_path(row) for row in rows] == [line.row.words for line in read.lines]
    years = [line.row.fiscal_year for line in read.lines]
    assert years == [int(row["fiscal_year"]) if "fiscal_year" in row else None for row in rows]


def _without_path(row: Mapping[Column, str]) -> dict[str, str]:
    return {column: text for column, text in row.items() if column != "path"}


@given(content=st.one_of(st.binary(), st.text().map(str.encode)))
@example(content=b"")
@example(content=b"path,year\n\0,2024\n")
@example(content=b'path\n"a')
@example(content=b"path\n" + b"a" * 200_000)
def test_no_file_breaks_the_program(
    content: bytes, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("any") / "papers.csv"
    for header in (b"", b"path,department\na.html,"):
        path.write_bytes(header + content)
        with suppress(FileError):  # no text
            read = read_manifest(path)
            assert read.faults or read.lines or not header
            assert all(line.path for line in read.lines)


def test_a_row_states_what_it_says_and_nothing_else() -> None:
    assert ManifestRow(words={"a": "1", "b": "2"}).digest() == (
        ManifestRow(words={"b": "2", "a": "1"}).digest()
    )
    assert ManifestRow(fiscal_year=2023).digest() != ManifestRow(fiscal_year=2024).digest()
