"""Scores: the share of a thing's checks that were passed, by weight.

    score = 100 × (1 − weights of the checks failed ÷ weights of the checks judged)

Checks that could not be judged count for nothing, and what was not read far enough has no score.
A project's score includes its indicators, goals and amounts, a department's the whole of its
document. The same findings give the same score.
"""

from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal

from jixiao.model.finding import Finding, Score, ScoreScope


@dataclass(frozen=True, slots=True)
class Tree:
    """The parts of a budget, and the things that are scored; all are IRIs.

    Attributes:
        above: what each thing is part of.
        category: the category of each indicator.
        budgets: the budgets of the document, usually one.
        projects: their projects.
        indicators: the indicators of the projects.

    """

    above: Mapping[str, str]
    category: Mapping[str, str]
    budgets: list[str]
    projects: list[str]
    indicators: list[str]

    def contains(self, node: str) -> bool:
        """Return whether a thing is a budget or a part of one."""
        return node in self.above or node in self.budgets

    def upwards(self, node: str) -> Iterator[str]:
        """Yield a thing and everything it is part of."""
        while node:
            yield node
            node = self.above.get(node, "")


class RuleOutcomes:
    """The things each rule applies to, and those that failed it or could not be judged.

    Args:
        populations: the things each rule applies to, by its code.
        findings: the findings of the document.
        weights: the weight of each rule in the scores.

    """

    def __init__(
        self,
        populations: Mapping[str, set[str]],
        findings: Iterable[Finding],
        weights: Mapping[str, Decimal],
    ) -> None:
        self.weights = weights
        self._failed = defaultdict[str, set[str]](set)
        self._undecided = defaultdict[str, set[str]](set)
        for finding in findings:
            nodes = self._failed if finding.outcome == "failed" else self._undecided
            nodes[finding.code].add(finding.focus)
        # A finding proves that its rule applies, even to a node that the population leaves out.
        self._populations = {
            code: nodes | self._failed[code] | self._undecided[code]
            for code, nodes in populations.items()
        }

    def of(self, code: str) -> set[str]:
        """Return the things a rule applies to."""
        return self._populations[code]

    def failed(self, code: str) -> set[str]:
        """Return the things that failed a rule."""
        return self._failed[code]

    def undecided(self, code: str) -> set[str]:
        """Return the things for which a rule could not be judged, and that did not fail it."""
        return self._undecided[code] - self._failed[code]

    def counts(self, code: str, nodes: set[str]) -> tuple[int, int, int]:
        """Return how many of some things a rule applies to, failed, and could not be judged."""
        of = self._populations[code] & nodes
        return len(of), len(of & self._failed[code]), len(of & self.undecided(code))

    def totals(self, nodes: set[str]) -> tuple[int, int, int]:
        """Return the counts of all rules together; rules without weight are left out."""
        counts = [self.counts(code, nodes) for code in self._populations if self.weights[code]]
        checked, failed, undecided = (sum(column) for column in zip(*counts, strict=True))
        return checked, failed, undecided


def score(
    outcomes: RuleOutcomes,
    tree: Tree,
    name: Callable[[str], str],
    unscored: Container[str] = frozenset[str](),
) -> Iterator[Score]:
    """Yield the scores of the budget, its projects and their indicators, each kind best first.

    Args:
        outcomes: what the rules gave.
        tree: the things that are scored, and their parts.
        name: returns the name of a thing.
        unscored: the budgets and projects that were not read far enough to be scored; the
            indicators of such a project have no score either.

    """
    judged, lost = defaultdict[str, Decimal](Decimal), defaultdict[str, dict[str, Decimal]](dict)
    counts = defaultdict[str, list[int]](lambda: [0, 0, 0])
    for code, weight in outcomes.weights.items():
        for nodes, failed, undecided in _checks(code, outcomes, tree) if weight else ():
            for node in nodes:
                counts[node][0] += 1
                counts[node][1] += failed
                counts[node][2] += undecided
                judged[node] += 0 if undecided else weight
                if failed:
                    lost[node][code] = lost[node].get(code, Decimal(0)) + weight
    scopes: list[tuple[ScoreScope, list[str]]] = [
        ("department", tree.budgets),
        ("project", tree.projects),
        ("indicator", tree.indicators),
    ]
    for scope, nodes in scopes:
        scores = [
            Score(
                scope=scope,
                node=node,
                name=name(node),
                score=None
                if (tree.above.get(node, "") if scope == "indicator" else node) in unscored
                else _share(sum(lost[node].values(), Decimal(0)), judged[node]),
                checked=counts[node][0],
                failed=counts[node][1],
                cannot_tell=counts[node][2],
                lost=dict(sorted(lost[node].items())),
            )
            for node in nodes
        ]
        yield from sorted(scores, key=_rank)


Check = tuple[Iterable[str], bool, bool]


def _checks(code: str, outcomes: RuleOutcomes, tree: Tree) -> Iterator[Check]:
    """Yield the checks of a rule: the things each counts for, whether it failed or is undecided.

    The sums of the tables are many, and concern the budget as a whole: they count as one check,
    or a document with large tables would be scored by its tables alone.
    """
    outside = {node for node in outcomes.of(code) if not tree.contains(node)}
    for node in outcomes.of(code) - outside:
        undecided = node in outcomes.undecided(code)
        yield tree.upwards(node), node in outcomes.failed(code), undecided
    if outside:
        failed = bool(outside & outcomes.failed(code))
        yield tree.budgets, failed, not failed and bool(outside & outcomes.undecided(code))


def _share(lost: Decimal, judged: Decimal) -> Decimal | None:
    if not judged:
        return None
    share = 100 * (1 - lost / judged)
    return share.quantize(Decimal("0.1"), ROUND_HALF_EVEN)


def _rank(score: Score) -> tuple[Decimal, int, str]:
    # A thing without a score comes last: -(-1) is more than any other rank.
    return -(score.score if score.score is not None else Decimal(-1)), score.failed, score.node
