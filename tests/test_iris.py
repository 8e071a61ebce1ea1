from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from jixiao.model.record import Document, Reader, Region
from jixiao.rdf.iris import budget_key, department_key, digest, document_iri, graphs, unique

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


def test_a_department_is_named_by_its_region_and_code() -> None:
    assert department_key(DOCUMENT) == "130529-434"
    assert budget_key(DOCUMENT) == "130529-434/2023"
    assert graphs(document_iri(DOCUMENT.sha256))[0].value.endswith("/id/doc/0a1b2c3d4e5f6071/facts")


def test_the_base_can_be_another() -> None:
    assert document_iri("ff", "https://data.example/").value == "https://data.example/id/doc/ff"


def test_what_is_unknown_falls_back_to_the_name() -> None:
    name = digest(DOCUMENT.department)
    assert department_key(document(department_code="")) == f"130529-{name}"
    assert name in department_key(document(region=None))
    assert department_key(document(region=None, department_code="", department=""))


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
