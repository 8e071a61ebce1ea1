"""The record of one disclosure: the result of extraction, which `jixiao extract` prints as JSON.

Plain values, in the order of the document. Amounts are `Decimal` yuan and keep the stated text.
A rectangle is (x0, top, x1, bottom) in PDF points from the page's top left corner.
"""

from decimal import Decimal
from inspect import cleandoc
from typing import Literal

import msgspec

from jixiao.model.message import Message

SCHEMA: Literal["jixiao-record/2"] = "jixiao-record/2"

Box = tuple[float, float, float, float]
DocumentKind = Literal["budget", "final-accounts", "self-evaluation"]
TargetKind = Literal["number", "range", "date", "recurring", "grade", "text"]
Comparator = Literal["ge", "gt", "eq", "le", "lt"]
Decision = Literal["same-name", "similar-name", "amount", "elimination"]
CostScope = Literal["per-unit", "total"]
AmountSource = Literal["prose", "table", "cost-indicator"]
Scope = Literal["annual", "medium-term", "total"]
Stage = Literal["budget", "adjusted", "executed"]
BodyRole = Literal["author", "overseer", "performer", "issuer", "publisher"]
BodyKind = Literal["department", "unit", "fund", "government"]
Subject = Literal["project", "department", "unit", "transfer"]


class _Value(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A plain value: it has no behaviour, and an unknown key in it is an error."""


class Where(_Value, frozen=True, omit_defaults=True):
    """The place a value is printed at: a rectangle on a page, a line of text, or a path in a file.

    `table` counts the tables of the document from 1, `row` the rows of the healed table from 1.
    `cells` gives the place of each named field of a row: its own page and rectangle, its path or
    its line. That of a merged cell is where its words stand, which may be an earlier page than the
    row's. `continued` has the further places of what is printed in pieces, as by a page break.
    """

    page: int | None = None
    table: int | None = None
    row: int | None = None
    bbox: Box | None = None
    line: int | None = None
    path: str | None = None
    cells: dict[str, "Where"] = {}
    continued: tuple["Where", ...] = ()


def field_place(where: Where, name: str) -> Where:
    """Return the place of a field of a row: that of its cell, or else that of the row.

    Args:
        where: The place of the row.
        name: The field, a key of `cells`.
    """
    cell = where.cells.get(name)
    return msgspec.structs.replace(cell, table=where.table, row=where.row) if cell else where


class Other(_Value, frozen=True):
    """Content under a column or label that no field has, kept under its own words."""

    label: str
    text: str
    where: Where


class Unread(_Value, frozen=True):
    """Printed text that was not read, and the code of the reason ("unknown-table", "no-label")."""

    text: str
    reason: str
    where: Where


class Coverage(_Value, frozen=True, kw_only=True):
    """What became of the printed text of a table, or of the prose of a page.

    A table counts cells with text, prose counts characters without white space. Each counts once:
    as a `value` of the record, a `label` of one, a `heading`, `furniture` (page numbers,
    signatures, repeated headers, fillers, numbers of rows and columns), or `unread`.
    """

    kind: Literal["table", "prose"]
    value: int = 0
    label: int = 0
    heading: int = 0
    furniture: int = 0
    unread: int = 0
    where: Where


class Found(_Value, frozen=True):
    """How a fact about the document was found, and where.

    `how` is "cover" (a line or a label of the beginning), "title", "form" (a label of a table),
    "heading" (of a section), "signature", "publisher" (the page around the paper), "text" (the
    sentences), or "manifest" (given by the user). `text` is what is printed there.

    What the manifest states has no place in the document. `read` is what the document says
    instead, where that differs.
    """

    how: str
    text: str
    where: Where | None
    read: "Found | None" = None


class Provenance(_Value, frozen=True, kw_only=True):
    """Where a document was published, as the manifest states it.

    `url` is its address, `published` the year, the month or the day ("2024-02-15"), `licence` the
    address of the licence that it is under; None for what is not stated.
    """

    url: str | None = None
    publisher: str | None = None
    published: str | None = None
    licence: str | None = None


class Body(_Value, frozen=True):
    """A public body that the document names, and its part in it.

    `role` is "author" (填报单位, or the one of the title), "overseer" (主管部门), "performer"
    (实施单位), "issuer" (who signed it) or "publisher" (who put it on the web). `name` is without
    its code and without `qualifier`, which tells a part of the body ("本级").
    """

    role: BodyRole
    name: str
    code: str
    qualifier: str
    where: Where | None


class Region(_Value, frozen=True):
    """An administrative division (行政区划): its GB/T 2260 code and its name."""

    code: str
    name: str

    @property
    def above(self) -> tuple[str, ...]:
        """The codes of the divisions above it, the nearest first."""
        province, city = f"{self.code[:2]}0000", f"{self.code[:4]}00"
        # Municipalities have no cities below them, and the middle digits 90 mark what a province
        # governs without a city between: both groups have codes, but are no divisions.
        direct = self.code[:2] in ("11", "12", "31", "50") or self.code[2:4] == "90"
        between = () if direct else (city,)
        return tuple(code for code in (*between, province) if code != self.code)


class Reader(_Value, frozen=True):
    """The reader of the file: its name, and the version that decides whether to read it again."""

    name: str
    version: str


class Document(_Value, frozen=True):
    """The file and the budget it discloses.

    `body_kind` tells whose paper it is: that of a department (部门), of a unit below one (单位), of
    a fund (专项资金) or of a government. `found` tells how and where `department`,
    `department_code`, `kind`, `fiscal_year` and `region` were found. `bodies` are all the bodies
    that its beginning, its forms and its signature name.
    `provenance` is None unless a manifest states it.
    """

    file: str
    sha256: str
    format: str
    reader: Reader
    title: str
    kind: DocumentKind
    department: str
    department_code: str
    region: Region | None
    fiscal_year: int | None
    pages: int | None
    amount_unit: str
    body_kind: BodyKind | None = None
    found: dict[str, Found] = {}
    bodies: tuple[Body, ...] = ()
    provenance: Provenance | None = None


class Target(_Value, frozen=True):
    """A parsed target value (指标值); `Indicator.value` keeps what was stated.

    Bounds are decimals in `unit`, a key of the code list `code/unit`, None for a unit that it does
    not know; `approximate` marks a rough number (左右). `date` is a year, month or day, as precise
    as stated ("2023", "2023-12", "2023-12-31", without a year "--12", "--12-31"; a quarter is its
    last month), and for a recurring target the day of each `per` ("---25").
    """

    kind: TargetKind
    comparator: Comparator | None = None
    lower: Decimal | None = None
    upper: Decimal | None = None
    unit: str | None = None
    per: str | None = None
    date: str | None = None
    approximate: bool = False


class Recipient(_Value, frozen=True):
    """The value of an indicator for one recipient of a transfer: a county, a town, a unit."""

    name: str
    value: str
    target: Target | None
    where: Where


class Indicator(_Value, frozen=True, kw_only=True):
    """A third-level indicator (三级指标).

    `category` is the notation of the second level in the project's scheme ("output.quantity").
    `basis` is None where the table has no column for it, and "" where its cell is blank.
    `basis_inherited` tells whether a cell without text of its own is merged with the one above:
    None where the file cannot show it. `cost_scope` tells a unit cost from a total. `value` is the
    comparator, the number and the unit in that order, joined where the table has a column for each.
    `scope` is what the value is for: the year, the years ahead, or all of the project's time.
    `weight` and `level1_weight` are points (分值); `actual`, `score` and `deviation` are what a
    self-evaluation adds. `recipients` has a value for each recipient where these differ; `value` is
    that of all together, blank if none is stated. `other` has the columns that no field has.
    `confidence` is 0 to 1: below 1 where the cells were inferred from white space, recognised in a
    picture, or under columns whose meaning is not certain.
    """

    level1: str
    level2: str
    level3: str
    description: str
    value: str
    category: str | None
    target: Target | None
    basis: str | None
    basis_inherited: bool | None
    cost_scope: CostScope | None
    scope: Scope | None = None
    nature: str | None = None
    direction: str | None = None
    weight: str | None = None
    level1_weight: str | None = None
    actual: str | None = None
    score: str | None = None
    deviation: str | None = None
    scoring: str | None = None
    remark: str | None = None
    recipients: tuple[Recipient, ...] = ()
    other: tuple[Other, ...] = ()
    confidence: float = 1.0
    where: Where


class Goal(_Value, frozen=True, kw_only=True):
    """A performance goal (绩效目标); `achieved` is the result that a self-evaluation states.

    A department's goal has a name, its own indicators with their scheme, and the money of its task.
    `subject` tells a unit's own goal from that of the department; a project's goal has none.
    """

    text: str
    where: Where
    name: str | None = None
    scope: Scope | None = None
    achieved: str | None = None
    scheme: str | None = None
    indicators: tuple[Indicator, ...] = ()
    amounts: tuple["Amount", ...] = ()
    subject: Subject | None = None
    other: tuple[Other, ...] = ()


class Alignment(_Value, frozen=True):
    """The reason why an amount in the prose is attributed to this project.

    `decided_by` is the deciding criterion; `confidence` is 0 to 1; `evidence` gives it in words.
    """

    decided_by: Decision
    confidence: float
    name_similarity: float
    evidence: tuple[str, ...]


class Amount(_Value, frozen=True, kw_only=True):
    """Money of a project, in yuan and as stated; `name` is its name in the prose.

    `scope` tells the year's money from that of all of the project's time, `stage` a budget from
    its execution. `fund` is a key of the code list `fund-source`, None for all funds together.
    `part` marks a part of an amount that is stated too (其中). `order` counts the amounts that the
    text lists one after the other, from 1. `year` is the year of money that is not of the paper's
    year; its `scope` is None.
    """

    yuan: Decimal
    text: str
    source: AmountSource
    where: Where
    name: str | None = None
    scope: Scope | None = None
    stage: Stage | None = None
    fund: str | None = None
    part: bool = False
    order: int | None = None
    year: int | None = None
    alignment: Alignment | None = None


class Period(_Value, frozen=True):
    """When a project runs (实施周期), as precise as stated ("2024", "2024-03", "2024-03-01")."""

    start: str | None
    end: str | None
    text: str
    where: Where | None = None


class Ground(_Value, frozen=True):
    """A ground of the project (立项依据): a document's title and number where it names one."""

    text: str
    title: str | None
    number: str | None
    where: Where


class Particular(_Value, frozen=True):
    """A further statement of a form about a project, by kind ("overview", "plan")."""

    kind: str
    text: str
    where: Where


class Execution(_Value, frozen=True):
    """The execution rate of the budget (预算执行率) as a self-evaluation states and scores it.

    `where.cells` has the place of each of the three.
    """

    rate: str | None
    weight: str | None
    score: str | None
    where: Where


class Layout(_Value, frozen=True):
    """The layout of `extract/layouts/` that a table was read by, and the words that led to it."""

    name: str
    evidence: tuple[str, ...]


class Project(_Value, frozen=True, kw_only=True):
    """A budget project (预算项目): `order` is its printed ordinal, `scheme` its indicators' one.

    `subject` is "transfer" for a fund that is shared out among recipients (转移支付, 专项资金).
    `other` has the labels of its form that no field has, with their content.
    """

    id: str
    name: str
    order: int | None
    carried_over: bool
    scheme: str | None
    goals: tuple[Goal, ...]
    amounts: tuple[Amount, ...]
    department: str | None = None
    basis: tuple[Ground, ...] = ()
    period: Period | None = None
    particulars: tuple[Particular, ...] = ()
    execution: Execution | None = None
    total_score: str | None = None
    layout: Layout | None = None
    subject: Subject = "project"
    other: tuple[Other, ...] = ()
    indicators: tuple[Indicator, ...]
    where: Where


class Figure(_Value, frozen=True):
    """A figure the prose states about the whole budget, by its kind ("project-expenditure")."""

    kind: str
    yuan: Decimal
    text: str
    where: Where


class Passage(_Value, frozen=True, kw_only=True):
    """Words of the text that a reviewer marks ("typo", "stale-policy"), in half-width.

    `where` is their first place, `times` how often they occur in the document. `instead` is the
    correction, `until` the last budget year that they are valid for.
    """

    kind: str
    words: str
    times: int
    where: Where
    instead: str | None = None
    until: int | None = None


class Column(_Value, frozen=True):
    """A column of a budget table: its header, joined with "/" from the top row down.

    `dimensions` gives the meaning of the column, in the terms of `ontology/`.
    """

    label: str
    role: Literal["amount", "quantity", "text"]
    dimensions: dict[str, str] = {}


class Cell(_Value, frozen=True, omit_defaults=True):
    """One value of a budget table: the stated text, and its amount in yuan or its number."""

    text: str
    yuan: Decimal | None = None
    number: Decimal | None = None


class StatementRow(_Value, frozen=True):
    """A row of a budget table; a blank cell is absent from `values`, for blank is not 0.

    A table that prints revenue beside expenditure gives a row for each `section`; `total` marks
    the row that sums the table up (合计). `where.cells` has the place of each value by the label of
    its column.
    """

    line: str | None
    section: str | None
    code: str | None
    name: str
    total: bool
    values: dict[str, Cell]
    where: Where


class Statement(_Value, frozen=True):
    """A budget table (预算公开表); `classification` is the one that its codes are of."""

    kind: str
    classification: Literal["functional", "economic"]
    title: str
    unit: str
    columns: tuple[Column, ...]
    rows: tuple[StatementRow, ...]
    note: str | None
    where: Where


class Problem(_Value, frozen=True):
    """Something that could not be read, or not with certainty."""

    code: str
    message: Message
    where: Where | None


class Record(_Value, frozen=True, kw_only=True):
    """Everything that was read from one disclosure."""

    schema: Literal["jixiao-record/2"] = SCHEMA
    document: Document
    overall_goal: Goal | None
    goals: tuple[Goal, ...]
    projects: tuple[Project, ...]
    figures: tuple[Figure, ...]
    statements: tuple[Statement, ...]
    passages: tuple[Passage, ...] = ()
    coverage: tuple[Coverage, ...] = ()
    unread: tuple[Unread, ...] = ()
    problems: tuple[Problem, ...]


def to_json(record: Record) -> bytes:
    """Return the record as indented JSON; decimals are strings."""
    return msgspec.json.format(msgspec.json.encode(record), indent=2) + b"\n"


def from_json(text: bytes) -> Record:
    """Read a record back.

    Args:
        text: JSON, as `to_json` writes it.

    Raises:
        msgspec.ValidationError: for JSON that is no record, or has unknown keys.

    """
    return msgspec.json.decode(text, type=Record)


def json_schema() -> dict[str, object]:
    """Return the published JSON Schema of a record, the same on every Python."""
    schema = msgspec.json.schema(Record)
    for kind in schema["$defs"].values():
        kind["description"] = cleandoc(kind["description"])
    return schema
