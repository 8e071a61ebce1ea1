"""Scores: of all that was checked of a thing, by weight, the share that was passed.

    score = 100 × (1 − weights of the checks failed ÷ weights of the checks judged)

What could not be told counts as not judged. A project's score takes in its indicators, goals and
amounts, a department's all of its document. The same findings give the same score.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal

from jixiao.model.finding import Finding, Score, ScoreScope


@dataclass(frozen=True, slots=True)
class Tree:
    """What each thing is part of, the category of indicators, and the things that are scored."""

    above: Mapping[str, str]
    category: Mapping[str, str]
    budgets: list[str]
    projects: list[str]
    indicators: list[str]

    def holds(self, node: str) -> bool:
        """Tell whether a thing is a budget, or part of one by itself."""
        return node in self.above or node in self.budgets

    def upwards(self, node: str) -> Iterator[str]:
        """Yield a thing and all that it is part of."""
        while node:
            yield node
            node = self.above.get(node, "")


class RuleOutcomes:
    """Which things each rule was held to, and which failed it or could not be judged."""

    def __init__(
        self,
        populations: Mapping[str, set[str]],
        findings: Iterable[Finding],
        weights: Mapping[str, Decimal],
    ) -> None:
        self.weights = weights
        self._failed = defaultdict[str, set[str]](set)
        self._unsure = defaultdict[str, set[str]](set)
        for finding in findings:
            kind = self._failed if finding.outcome == "failed" else self._unsure
            kind[finding.code].add(finding.focus)
        self._of = {
            code: nodes | self._failed[code] | self._unsure[code]
            for code, nodes in populations.items()
        }

    def of(self, code: str) -> set[str]:
        """Return the things a rule was held to."""
        return self._of[code]

    def failed(self, code: str) -> set[str]:
        """Return the things that failed a rule."""
        return self._failed[code]

    def unsure(self, code: str) -> set[str]:
        """Return the things of which a rule could not be told."""
        return self._unsure[code] - self._failed[code]

    def counts(self, code: str, nodes: set[str]) -> tuple[int, int, int]:
        """Return how many of the things a rule was held to, failed, and could not be told."""
        of = self._of[code] & nodes
        return len(of), len(of & self._failed[code]), len(of & self.unsure(code))

    def totals(self, nodes: set[str]) -> tuple[int, int, int]:
        """Return the counts of all rules together."""
        counts = [self.counts(code, nodes) for code in self._of if self.weights[code]]
        checked, failed, unsure = (sum(column) for column in zip(*counts, strict=True))
        return checked, failed, unsure


def score(held: RuleOutcomes, tree: Tree, name: Callable[[str], str]) -> Iterator[Score]:
    """Yield the scores of the budget, its projects and their indicators, each kind best first."""
    judged, lost = defaultdict[str, Decimal](Decimal), defaultdict[str, dict[str, Decimal]](dict)
    counts = defaultdict[str, list[int]](lambda: [0, 0, 0])
    for code, weight in held.weights.items():
        for nodes, failed, unsure in _checks(code, held, tree) if weight else ():
            for scored in nodes:
                counts[scored][0] += 1
                counts[scored][1] += failed
                counts[scored][2] += unsure
                judged[scored] += 0 if unsure else weight
                if failed:
                    lost[scored][code] = lost[scored].get(code, Decimal(0)) + weight
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
                score=_share(sum(lost[node].values(), Decimal(0)), judged[node]),
                checked=counts[node][0],
                failed=counts[node][1],
                cannot_tell=counts[node][2],
                lost=dict(sorted(lost[node].items())),
            )
            for node in nodes
        ]
        yield from sorted(scores, key=_rank)


Check = tuple[Iterable[str], bool, bool]


def _checks(code: str, held: RuleOutcomes, tree: Tree) -> Iterator[Check]:
    """Yield the checks of a rule: what each is counted for, and whether it failed or is unsure.

    The sums of the tables are many and of the budget as a whole: together they are one check.
    """
    loose = {node for node in held.of(code) if not tree.holds(node)}
    for node in held.of(code) - loose:
        yield tree.upwards(node), node in held.failed(code), node in held.unsure(code)
    if loose:
        failed = bool(loose & held.failed(code))
        yield tree.budgets, failed, not failed and bool(loose & held.unsure(code))


def _share(lost: Decimal, judged: Decimal) -> Decimal | None:
    if not judged:
        return None
    share = 100 * (1 - lost / judged)
    return share.quantize(Decimal("0.1"), ROUND_HALF_EVEN)


def _rank(score: Score) -> tuple[Decimal, int, str]:
    return -(score.score if score.score is not None else Decimal(-1)), score.failed, score.node
