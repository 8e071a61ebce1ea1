from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jixiao.model.divisions import above
from jixiao.model.record import Document, Reader, Region
from jixiao.rdf.bodies import body_name
from jixiao.rdf.divisions import below
from jixiao.rdf.iris import (
    budget_key,
    department_key,
    digest,
    document_iri,
    graphs,
    recipient_iri,
    unique,
)

NAMES = st.text(
    st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5)
    | st.sampled_from("（）“”、·—0123456789ABCxyz().-/%"),
    min_size=1,
    max_size=40,
)
BLANKS = st.sampled_from(["", " ", "\u3000", "\n", "\t "])
DOCUMENT = Document(
    file="a.pdf",
    sha256="0a1b2c3d4e5f6071" * 4,
    format="pdf",
    reader=Reader("pdfium", "1"),
    title="2023年部门预算",
    kind="budget",
    department="县人民政府办公室",
    department_code="434",
    region=Region("130529", "巨鹿县"),
    fiscal_year=2023,
    pages=1,
    amount_unit="万元",
)


def document(**changes: Any) -> Document:
    return msgspec.structs.replace(DOCUMENT, **changes)


@given(NAMES, st.data())
def test_white_space_does_not_change_a_name(name: str, data: st.DataObject) -> None:
    spaced = "".join(sign + data.draw(BLANKS) for sign in name)
    assert digest(spaced) == digest(name)


@given(st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=1))
def test_full_width_forms_do_not_change_a_name(name: str) -> None:
    assert digest("".join(chr(ord(sign) + 0xFEE0) for sign in name)) == digest(name)


@given(st.lists(NAMES.filter(lambda name: name.isalnum()), unique=True, max_size=20))
def test_distinct_names_have_distinct_digests(names: list[str]) -> None:
    assert len({digest(name) for name in names}) == len(names)


def test_the_parts_of_a_key_stay_apart() -> None:
    assert digest("产出", "数量") != digest("产出数量", "")


def test_a_department_is_named_by_its_region_and_name() -> None:
    name = digest(DOCUMENT.department)
    assert department_key(DOCUMENT) == f"130529-{name}"
    assert budget_key(DOCUMENT) == f"130529-{name}/2023"
    assert graphs(document_iri(DOCUMENT.sha256))[0].value.endswith("/id/doc/0a1b2c3d4e5f6071/facts")


def test_the_base_can_be_another() -> None:
    assert document_iri("ff", "https://data.example/").value == "https://data.example/id/doc/ff"


def test_what_is_unknown_falls_back_to_the_name() -> None:
    name = digest(DOCUMENT.department)
    assert department_key(document(region=None)) == name
    assert department_key(document(department="")) == "130529-434"
    assert department_key(document(department="", department_code="")) == "130529-0a1b2c3d4e"


def test_a_printed_code_changes_no_iri() -> None:
    assert department_key(document(department_code="")) == department_key(DOCUMENT)


@pytest.mark.parametrize(
    "name",
    [
        "巨鹿县财政局",
        "巨鹿县财政局部门",
        "巨鹿县财政局（本级）",
        "巨鹿县财政局(机关本级)",
        "邢台市巨鹿县财政局",
        "河北省邢台市巨鹿县财政局本级",
        "河北省巨鹿县财政局",
        " 巨鹿县财政局（部门）",
    ],
)
def test_papers_of_one_body_name_one_body(name: str) -> None:
    assert body_name(document(department=name)) == "巨鹿县财政局"


@pytest.mark.parametrize(
    ("name", "region"),
    [
        ("河北省税务局", Region("130000", "河北省")),
        ("河北省税务局", Region("130529", "巨鹿县")),
        ("邢台市财政局", Region("130500", "邢台市")),
        ("司法局（汉川街道）", None),
        ("宣传部门", None),
        ("部门", None),
        ("本级", None),
    ],
)
def test_other_names_stay(name: str, region: Region | None) -> None:
    assert body_name(document(department=name, region=region)) == name


def test_a_department_and_the_same_body_as_a_unit_have_a_budget_each() -> None:
    of_department = document(department="普陀区司法局", body_kind="department")
    of_unit = document(department="普陀区司法局（本级）", body_kind="unit")
    assert department_key(of_department) == department_key(of_unit)
    assert budget_key(of_unit) == f"{budget_key(of_department)}-unit"
    # The name tells it where the record does not.
    unsaid = document(department="普陀区司法局（本级）")
    assert budget_key(unsaid) == budget_key(of_unit)
    accounts = document(department="普陀区司法局", body_kind="unit", kind="final-accounts")
    assert budget_key(accounts).endswith("/2023-unit-final-accounts")


def test_papers_of_no_known_year_have_a_budget_each() -> None:
    one, other = (document(fiscal_year=None, sha256=digit * 64) for digit in "ab")
    assert department_key(one) == department_key(other)
    assert budget_key(one) != budget_key(other)
    assert budget_key(one).endswith("/unknown-aaaaaaaaaa")


def test_divisions_lead_to_those_above() -> None:
    county = Region("130529", "巨鹿县")
    assert [d.name for d in above(county)] == ["邢台市", "河北省"]
    assert [d.name for d in above(Region("310107", "普陀区"))] == ["上海市"]
    assert [d.name for d in above(Region("429004", "仙桃市"))] == ["湖北省"]
    assert above(Region("130000", "河北省")) == above(None) == above(Region("x", "x")) == []
    assert below(Region("130000", "河北省"), "巨鹿县") == county
    assert below(county, "城关镇") is None


def test_a_recipient_is_a_division_where_it_is_one() -> None:
    prefecture = document(region=Region("130500", "邢台市"))
    province = document(region=Region("130000", "河北省"))
    assert recipient_iri(prefecture, "巨鹿县") == recipient_iri(province, "巨鹿县")
    town = recipient_iri(prefecture, "城关镇")
    assert town != recipient_iri(province, "城关镇")
    assert town.value.isascii()
    assert recipient_iri(document(region=None), "城关镇").value.isascii()


@given(NAMES, NAMES)
def test_keys_are_ascii_and_tell_departments_apart(name: str, code: str) -> None:
    key = department_key(document(department=name, department_code=code, region=None))
    assert key.isascii()
    assert not set(key) & set(' <>"{}|\\^`/')


@given(st.lists(st.sampled_from("ab"), max_size=12))
def test_what_comes_again_is_numbered(keys: list[str]) -> None:
    taken = set[str]()
    given_out = [unique(key, taken) for key in keys]
    assert len(set(given_out)) == len(keys)
    assert given_out[:1] == keys[:1]
