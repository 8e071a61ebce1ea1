"""Groups near-duplicates among many short texts, and keeps the groups as texts come and go.

Texts are compared by the pairs of neighbouring characters they have in common (Jaccard). Those that
have much in common share one of their rarest pairs: each text is kept under these, its prefix, and
is measured against texts that share one only (Bayardo, Ma and Srikant 2007, "Scaling up all pairs
similarity search"), where its place in both leaves room for enough others (Xiao and others 2008,
"Efficient similarity joins for near duplicate detection"). So none is missed.
"""

import json
import sqlite3
from collections import Counter
from collections.abc import Iterable, Mapping
from heapq import heapify, heappop, heappush
from itertools import count
from math import ceil
from typing import NamedTuple

from jixiao.config import lru_cache
from jixiao.rdf.derived.text_features import likeness
from jixiao.store.search_index import GROUP_TABLE_NAMES

_ROUNDED = 1e-9  # what products of fractions may be off by
_OWN = "wording.id, text, wording.size, places, uses, centre, share"
_WORDING = f"SELECT {_OWN} FROM wording WHERE"
_NEW = "INSERT INTO wording (text, size, places, uses) VALUES (?, ?, ?, ?) RETURNING id"
_ABOVE = "(uses > :uses OR uses = :uses AND text < :text)"
_NEAR = f"""
SELECT DISTINCT {_OWN} FROM json_each(:places) AS pair
JOIN prefix ON place = pair.value AND central IN ({{}}) AND prefix.size BETWEEN :fewest AND :most
AND (1 + :least) * min(:size - pair.key, prefix.size - position)
    >= :least * (:size + prefix.size) - {_ROUNDED}
JOIN wording ON wording.id = prefix.wording AND text <> :text AND {{}}"""
_CENTRES_ABOVE = _NEAR.format("1", _ABOVE)
_ABOVE_UPTO = _NEAR.format("0, 1", f"{_ABOVE} AND uses <= :upto")
_BELOW = _NEAR.format("0, 1", f"NOT {_ABOVE}")
_INTO_PREFIX = "INSERT INTO prefix VALUES (?, ?, ?, ?, ?)"
_OUT_OF_PREFIX = """
DELETE FROM prefix WHERE (place, central, size, position, wording) = (?, ?, ?, ?, ?)"""


class _Wording(NamedTuple):
    """A text, its pairs, how often it is used, and its centre: none where not looked for yet.

    `size` counts its pairs; `places`, in JSON, are those of its prefix; `share` is what it has in
    common with its centre.
    """

    id: int
    text: str
    size: int
    places: str
    uses: int
    centre: int | None
    share: float

    @property
    def central(self) -> bool:
        return self.centre == self.id

    @property
    def rank(self) -> tuple[int, str]:
        """What is used most comes first."""
        return -self.uses, self.text


@lru_cache(maxsize=2**12)
def _pairs(text: str) -> frozenset[str]:
    return frozenset(text[at : at + 2] for at in range(max(1, len(text) - 1)))


def in_common(one: str, other: str) -> float:
    """Return the share of pairs of characters that two texts have in common, from 0 to 1."""
    first, second = _pairs(one), _pairs(other)
    both = len(first & second)
    return both / (len(first) + len(second) - both)


class Groups:
    """Groups of near-duplicates in a database that has the `GROUP_TABLES` of the search index.

    What is used most comes first and is a centre, or joins the centre before it that it is most
    like: of two as near, the first by its text. So each member is like its centre, no chain of
    small steps joins what is not alike, and it makes no difference in what order texts came.
    """

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database, self._least = database, likeness().clusters.least

    def change(self, counts: Mapping[str, int]) -> set[str]:
        """Group anew what it concerns that texts are used so often now, 0 for no more.

        Returns these, and the texts that have another centre or other members than before.
        """
        if outgrown := self._outgrown(len(counts)):
            counts = {**self._forgotten(), **counts}
        self._rank_pairs(text for text, uses in counts.items() if uses)
        touched, concerned = set[int](), set[int]()
        for text, uses in counts.items():
            concerned |= self._counted(text, uses, touched)
        if outgrown:
            self._database.execute(
                "INSERT INTO ranking SELECT COUNT(*), coalesce(max(id), 0) FROM wording"
            )
        queue = [(w.rank, w.id) for number in concerned for w in self._wordings("id = ?", number)]
        heapify(queue)
        done = 0
        while queue:
            _, number = heappop(queue)
            if number != done:
                for below in self._grouped(number, touched):
                    heappush(queue, (below.rank, below.id))
            done = number
        found = (w.text for number in touched for w in self._wordings("id = ?", number))
        return {*counts, *found}

    def _outgrown(self, more: int) -> bool:
        """Tell whether with so many more there are twice as many as when pairs were ranked."""
        ((last,),) = self._database.execute("SELECT coalesce(max(id), 0) FROM wording")
        ranked = self._database.execute("SELECT texts, last FROM ranking").fetchall()
        return all(last + more > last_ranked + texts for texts, last_ranked in ranked)

    def _forgotten(self) -> dict[str, int]:
        """Forget all; return how often each text was used."""
        known = dict(self._database.execute("SELECT text, uses FROM wording"))
        for table in GROUP_TABLE_NAMES:
            self._database.execute(f"DELETE FROM {table}")
        return known

    def _rank_pairs(self, texts: Iterable[str]) -> None:
        """Give pairs a place: by how rare they are, what is new before what is known."""
        often = Counter(pair for text in texts for pair in _pairs(text))
        ((first,),) = self._database.execute("SELECT coalesce(min(place), 0) FROM rarity")
        pairs = sorted(often, key=lambda pair: (often[pair], pair))
        places = zip(pairs, count(first - len(pairs)), strict=False)
        self._database.executemany("INSERT OR IGNORE INTO rarity VALUES (?, ?)", places)

    def _places(self, text: str) -> list[int]:
        """Return the places of the rarest pairs of a text: so many that enough others are left."""
        pairs = _pairs(text)
        most = len(pairs) - ceil(self._least * len(pairs) - _ROUNDED) + 1
        own = "SELECT place FROM rarity WHERE pair = ?"
        found = (self._database.execute(own, (pair,)).fetchone() for pair in pairs)
        return sorted(place for (place,) in found)[:most]

    def _counted(self, text: str, uses: int, touched: set[int]) -> set[int]:
        """Note how often a text is used; return what may have another centre for that."""
        before = next(iter(self._wordings("text = ?", text)), None)
        if before is None and uses:
            new = text, len(_pairs(text)), json.dumps(self._places(text)), uses
            return {number for (number,) in self._database.execute(_NEW, new)}
        if before is None or uses == before.uses:
            return set()
        if not uses:
            touched.add(before.centre or before.id)
            self._database.execute("DELETE FROM wording WHERE id = ?", (before.id,))
            self._keep_prefix(before, before._replace(centre=None))
            return {w.id for w in self._wordings("centre = ?", before.id)}
        self._database.execute("UPDATE wording SET uses = ? WHERE id = ?", (uses, before.id))
        if not before.central:
            passed = list[_Wording]()
        elif uses > before.uses:
            passed = self._drawn(_ABOVE_UPTO, before, upto=uses)
        else:
            passed = self._wordings("centre = ? AND uses >= ?", before.id, uses)
        return {before.id, *(w.id for w in passed)}

    def _grouped(self, number: int, touched: set[int]) -> Iterable[_Wording]:
        """Give a text its centre; return what may have another centre for that."""
        (before,) = self._wordings("id = ?", number)
        share, centre = self._nearest(before)
        if centre == before.centre:
            return ()
        now = before._replace(centre=centre)
        self._database.execute(
            "UPDATE wording SET centre = ?, share = ? WHERE id = ?", (centre, share, number)
        )
        self._keep_prefix(before, now)
        touched.update({number, before.centre or number, centre})
        if now.central:
            return self._drawn(_BELOW, now)
        return self._wordings("centre = ?", number) if before.central else ()

    def _nearest(self, of: _Wording) -> tuple[float, int]:
        """Return how much a text has in common with the nearest centre before it, and which."""
        above = ((in_common(of.text, c.text), c) for c in self._found(_CENTRES_ABOVE, of))
        near = ((-share, c.text, c.id) for share, c in above if share >= self._least)
        share, _, centre = min(near, default=(-1.0, of.text, of.id))
        return -share, centre

    def _drawn(self, query: str, to: _Wording, upto: int = 0) -> list[_Wording]:
        """Return what may have a text as its centre: what is near it, and no nearer to its own."""
        return [
            wording
            for wording in self._found(query, to, upto)
            if (share := in_common(to.text, wording.text)) >= self._least
            and (wording.central or share >= wording.share)
        ]

    def _keep_prefix(self, before: _Wording, now: _Wording) -> None:
        """Keep a text under its rarest pairs: centres apart from others, without centre nowhere."""
        for change, wording in ((_OUT_OF_PREFIX, before), (_INTO_PREFIX, now)):
            if wording.centre is not None:
                places, rest = json.loads(wording.places), (wording.central, wording.size)
                rows = ((place, *rest, at, wording.id) for at, place in enumerate(places))
                self._database.executemany(change, rows)

    def _found(self, query: str, of: _Wording, upto: int = 0) -> list[_Wording]:
        asked = {
            "places": of.places,
            "size": of.size,
            "fewest": ceil(self._least * of.size - _ROUNDED),
            "most": int(of.size / self._least + _ROUNDED),
            "least": self._least,
            "text": of.text,
            "uses": of.uses,
            "upto": upto,
        }
        return [_Wording(*row) for row in self._database.execute(query, asked)]

    def _wordings(self, which: str, *told: str | float | None) -> list[_Wording]:
        return [_Wording(*row) for row in self._database.execute(f"{_WORDING} {which}", told)]
