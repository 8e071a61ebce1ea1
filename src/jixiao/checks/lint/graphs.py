"""Checks Turtle files: terms, code lists and shapes, name by name."""

import re
from collections import defaultdict
from dataclasses import dataclass

from pyoxigraph import BlankNode, Literal, NamedNode

from jixiao.checks.lint.faults import Faults
from jixiao.checks.lint.known import (
    CODES,
    CONDITIONS,
    POPULATIONS,
    SERIALISATION,
    SHAPES,
    TERMS,
    Known,
    quads,
)
from jixiao.checks.lint.selects import check_select, columns
from jixiao.checks.lint.tables import regex_fault, suggestion
from jixiao.config import Entry, folder
from jixiao.errors import UsageError
from jixiao.rdf.namespaces import CODE, DCT, DQV, JX, RDF, RDFS, SH, SKOS
from jixiao.rdf.turtle_lines import parse_turtle

Node = NamedNode | BlankNode
_PREFIX = re.compile(r"^\s*@?prefix\s+([\w-]*):\s*<([^>]*)>", re.M | re.I)
_CONSTRAINTS = {"property", "sparql", "not", "and", "or", "xone", "node", "class", "in", "pattern"}
_TARGETS = (SH.targetClass, SH.targetSubjectsOf, SH.targetObjectsOf, SH.targetNode, SH.target)
_LEVELS = (SH.Violation, SH.Warning, SH.Info)
_CERTAINTIES = ("exact", "wording", "heuristic")
_STRUCTURE = CODE["dimension/structure"]
# What Python's engine has and the others' linear-time engines have not.
_NOT_PORTABLE = re.compile(r"\(\?<?[=!]|\(\?P=|\\[1-9]")
_DUPLICABLE = (SHAPES.rstrip("#"),)  # the ontology node that several files add prefixes to


@dataclass(slots=True)
class Source:
    """A file of Turtle: its statements by subject, and its text to find lines in."""

    file: Entry
    text: str
    facts: dict[Node, list[tuple[NamedNode, object]]]
    prefixes: dict[str, str]

    def values(self, node: Node, predicate: NamedNode) -> list[object]:
        """Return the values of a property of a node in this file."""
        return [value for known, value in self.facts.get(node, []) if known == predicate]

    def first(self, node: Node, predicate: NamedNode) -> object | None:
        """Return one value of a property, None where there is none."""
        return next(iter(self.values(node, predicate)), None)

    def line(self, node: object, after: int = 0) -> int:
        """Return the line that first names a node, or has a text, from a character on."""
        match = None
        if isinstance(node, NamedNode):
            match = re.compile(self._spellings(node.value)).search(self.text, after)
        elif isinstance(node, Literal):
            first = next((line for line in node.value.splitlines() if line.strip()), "")
            match = re.compile(re.escape(first.strip())).search(self.text, after)
        at = match.start() if match else after
        return self.text.count("\n", 0, at) + 1

    def block(self, subject: Node) -> int:
        """Return the character at which the statements of a subject begin."""
        if isinstance(subject, NamedNode):
            pattern = rf"^(?:{self._spellings(subject.value)})(?=\s)"
            if match := re.compile(pattern, re.M).search(self.text):
                return match.start()
        return 0

    def _spellings(self, iri: str) -> str:
        short = [
            rf"(?<![\w:.-]){re.escape(prefix)}:{re.escape(iri[len(space) :])}(?![\w-])"
            for prefix, space in self.prefixes.items()
            if iri.startswith(space)
        ]
        return "|".join([*short, re.escape(f"<{iri}>")])

    def owner(self, node: Node) -> Node:
        """Return the named subject that a blank node is part of."""
        for subject, facts in self.facts.items():
            if any(value == node for _, value in facts):
                return subject if isinstance(subject, NamedNode) else self.owner(subject)
        return node


def check_turtle(file: Entry, known: Known, faults: Faults) -> None:
    """Note the faults of one file."""
    try:
        list(parse_turtle(file))
    except UsageError as fault:
        path, _, line = str(fault.fields["path"]).rpartition(":")
        faults.add(path, int(line), "turtle", reason=fault.fields["reason"])
        return
    source = read(file)
    _check_names(source, known, faults)
    if file.path.startswith("ontology/codes/"):
        _check_code_list(source, known, faults)
    elif file.path.startswith("ontology/"):
        _check_terms(source, faults)
    else:
        _check_shapes(source, known, faults)


def read(file: Entry) -> Source:
    """Return a file that is well-formed."""
    facts = defaultdict[Node, list[tuple[NamedNode, object]]](list)
    for quad in quads(file):
        if isinstance(quad.subject, NamedNode | BlankNode):
            facts[quad.subject].append((quad.predicate, quad.object))
    text = file.read_text()
    return Source(file, text, dict(facts), dict(_PREFIX.findall(text)))


def _check_names(source: Source, known: Known, faults: Faults) -> None:
    """Note the names of known vocabularies that name nothing, and subjects declared twice."""
    for subject, facts in source.facts.items():
        after = source.block(source.owner(subject))
        for predicate, value in facts:
            for term in (predicate, value):
                if isinstance(term, NamedNode) and not known.resolves(term.value):
                    if _is_link(predicate):
                        continue
                    name = _short(term.value, source)
                    others = [_short(iri, source) for iri in known.iris_like(term.value)]
                    near = suggestion(name, others)
                    faults.add(
                        source.file, source.line(term, after), "unknown-term", name=name, near=near
                    )
        if isinstance(subject, NamedNode):
            others = [p for p in known.subjects[subject.value] if p != source.file.path]
            ours = subject.value.startswith((TERMS, CODES, SHAPES, CONDITIONS, POPULATIONS))
            if others and ours and not (_is_annotation(facts) or _is_scheme(source, subject)):
                line = source.line(subject, after)
                name = _short(subject.value, source)
                faults.add(source.file, line, "declared-twice", name=name, other=others[0])


def _is_annotation(facts: list[tuple[NamedNode, object]]) -> bool:
    """Tell whether statements only say how a term of another file is written."""
    return all(predicate.value.startswith(SERIALISATION) for predicate, _ in facts)


def _is_link(predicate: NamedNode) -> bool:
    """Tell whether a statement leads to other data sets, whose names we do not know."""
    return predicate in (SKOS.exactMatch, SKOS.closeMatch, RDFS.seeAlso, DCT.source)


def _is_scheme(source: Source, subject: NamedNode) -> bool:
    """Tell whether a subject may be in several files, as a code list may; a rule is told apart."""
    is_rule = source.first(subject, DCT.identifier) is not None
    is_list = (RDF.type, SKOS.ConceptScheme) in source.facts[subject]
    return is_rule or is_list or subject.value in _DUPLICABLE


def _short(iri: str, source: Source) -> str:
    for prefix, space in source.prefixes.items():
        if space and iri.startswith(space):
            return f"{prefix}:{iri.removeprefix(space)}"
    return iri


def _languages(source: Source, node: Node, predicate: NamedNode) -> set[str]:
    texts = [
        v for v in source.values(node, predicate) if isinstance(v, Literal) and v.value.strip()
    ]
    return {(text.language or "")[:2].lower() for text in texts}


def _need_both(source: Source, node: Node, predicate: NamedNode, faults: Faults, what: str) -> None:
    """Note the language in which a node has no text of a property."""
    for lang in ("zh", "en"):
        if lang not in _languages(source, node, predicate):
            after = source.block(source.owner(node))
            at = source.first(node, predicate)
            line = source.line(at, after) if at else source.line(source.owner(node), after)
            name = _short(getattr(source.owner(node), "value", ""), source)
            faults.add(source.file, line, "no-language", name=name, what=what, lang=lang)


def _check_terms(source: Source, faults: Faults) -> None:
    for subject, facts in source.facts.items():
        declared = not _is_annotation(facts)
        if isinstance(subject, NamedNode) and subject.value.startswith(TERMS) and declared:
            _need_both(source, subject, RDFS.label, faults, "rdfs:label")


def _check_code_list(source: Source, known: Known, faults: Faults) -> None:
    notations = _notations(source.file)
    for subject, facts in source.facts.items():
        if (RDF.type, SKOS.Concept) not in facts or not isinstance(subject, NamedNode):
            continue
        line = source.line(subject, source.block(subject))
        name = _short(subject.value, source)
        _need_both(source, subject, SKOS.prefLabel, faults, "skos:prefLabel")
        scheme, code = source.first(subject, SKOS.inScheme), source.first(subject, SKOS.notation)
        if not isinstance(scheme, NamedNode):
            faults.add(source.file, line, "no-scheme", name=name)
        elif not isinstance(code, Literal):
            faults.add(source.file, line, "no-notation", name=name)
        else:
            others = [s for s in notations[scheme, code.value] if s != subject]
            if others:
                other = others[0].value
                faults.add(
                    source.file, line, "duplicate-code", name=name, rule=code.value, other=other
                )


def _notations(file: Entry) -> dict[tuple[NamedNode, str], list[NamedNode]]:
    """Return the concepts of each code list by their codes, of all files."""
    found = defaultdict[tuple[NamedNode, str], list[NamedNode]](list)
    for each in (folder("ontology") / "codes").files(".ttl"):
        scheme, code = dict[object, NamedNode](), dict[object, str]()
        for quad in quads(each):
            if quad.predicate == SKOS.inScheme and isinstance(quad.object, NamedNode):
                scheme[quad.subject] = quad.object
            elif quad.predicate == SKOS.notation and isinstance(quad.object, Literal):
                code[quad.subject] = quad.object.value
        for subject in scheme:
            if subject in code and isinstance(subject, NamedNode):
                found[scheme[subject], code[subject]].append(subject)
    return found


def _check_shapes(source: Source, known: Known, faults: Faults) -> None:
    for subject in source.facts:
        code = source.first(subject, DCT.identifier)
        if isinstance(code, Literal) and isinstance(subject, NamedNode):
            _check_shape(source, subject, code.value, known, faults)
        elif (RDF.type, SH.NodeShape) in source.facts[subject] and isinstance(subject, NamedNode):
            line = source.line(subject, source.block(subject))
            faults.add(source.file, line, "no-code", name=_short(subject.value, source))
        if subject in [
            value for facts in source.facts.values() for p, value in facts if p == SH.sparql
        ]:
            _check_constraint(source, subject, known, faults)
        for pattern in source.values(subject, SH.pattern):
            _check_pattern(source, pattern, faults)
        for level in source.values(subject, SH.severity):
            if level not in _LEVELS and known.resolves(getattr(level, "value", "")):
                line = source.line(level, source.block(source.owner(subject)))
                faults.add(
                    source.file, line, "severity", name=_short(getattr(level, "value", ""), source)
                )
        _check_queries(source, subject, known, faults)


def _check_shape(
    source: Source, subject: NamedNode, code: str, known: Known, faults: Faults
) -> None:
    """Note what a rule's shape lacks."""
    line, name = source.line(subject, source.block(subject)), _short(subject.value, source)
    properties = {
        predicate.value.removeprefix(SH[""].value) for predicate, _ in source.facts[subject]
    }
    others = [path for path in known.rules[code] if path != source.file.path]
    if others and source.file.path != "shapes/rules.ttl":
        faults.add(source.file, line, "duplicate-rule", rule=code, other=others[0])
    misspelt = any(not known.resolves(predicate.value) for predicate, _ in source.facts[subject])
    if not misspelt and not any(source.values(subject, target) for target in _TARGETS):
        faults.add(source.file, line, "no-target", name=name)
    if not misspelt and not properties & _CONSTRAINTS:
        faults.add(source.file, line, "no-constraint", name=name)
    main = source.first(subject, JX.outcome) is None and subject.value == SHAPES + code
    if main:
        _check_described(source, subject, line, faults)
    if "not" in properties or "or" in properties:
        _need_both(source, subject, SH.message, faults, "sh:message")


def _check_described(source: Source, subject: NamedNode, line: int, faults: Faults) -> None:
    """Note what the main shape of a rule does not tell people."""
    name = _short(subject.value, source)
    dimensions = [v for v in source.values(subject, DQV.inDimension) if isinstance(v, NamedNode)]
    if not [v for v in dimensions if v.value.startswith(CODE["dimension/"].value)]:
        faults.add(source.file, line, "no-dimension", name=name)
    if not source.values(subject, JX.heldTo):
        faults.add(source.file, line, "no-population", name=name)
    _need_both(source, subject, RDFS.label, faults, "rdfs:label")
    if _STRUCTURE not in dimensions:
        _need_both(source, subject, RDFS.comment, faults, "rdfs:comment")
        _need_both(source, subject, JX.advice, faults, "jx:advice")
    certainty = source.first(subject, JX.certainty)
    if isinstance(certainty, Literal) and certainty.value not in _CERTAINTIES:
        at = source.line(certainty, source.block(subject))
        faults.add(source.file, at, "certainty", given=certainty.value)


def _check_pattern(source: Source, pattern: object, faults: Faults) -> None:
    if not isinstance(pattern, Literal):
        return
    line = source.line(Literal(pattern.value.replace("\\", "\\\\")))
    if said := regex_fault(pattern.value):
        faults.add(source.file, line, "regex", pattern=pattern.value, reason=said)
    elif match := _NOT_PORTABLE.search(pattern.value):
        faults.add(source.file, line, "regex-portable", pattern=pattern.value, part=match[0])


def _check_constraint(source: Source, node: Node, known: Known, faults: Faults) -> None:
    """Note what is wrong with a constraint in SPARQL."""
    select = source.first(node, SH.select)
    owner = source.owner(node)
    if not isinstance(select, Literal):
        name = _short(getattr(owner, "value", ""), source)
        faults.add(source.file, source.line(owner, source.block(owner)), "no-select", name=name)
        return
    _need_both(source, node, SH.message, faults, "sh:message")
    named = columns(select.value)
    if named is None:
        return  # it does not parse, and is said to be so
    line = source.line(select, source.block(owner))
    if "this" not in named:
        faults.add(source.file, line, "no-this", name=_short(getattr(owner, "value", ""), source))
    for text in source.values(node, SH.message):
        for variable in re.findall(r"\{[?$](\w+)\}", getattr(text, "value", "")):
            if variable not in named:
                at = source.line(text, source.block(owner))
                faults.add(source.file, at, "message-variable", name=variable)


def _check_queries(source: Source, node: Node, known: Known, faults: Faults) -> None:
    for predicate in (SH.select, JX.operandQuery, JX.operandsQuery):
        for query in source.values(node, predicate):
            if isinstance(query, Literal):
                line = source.line(query, source.block(source.owner(node)))
                check_select(query.value, (source.file, line), known, faults)
                named = columns(query.value)
                name = getattr(node, "value", "")
                if name.startswith(POPULATIONS) and named is not None and "node" not in named:
                    faults.add(source.file, line, "no-node", name=_short(name, source))
