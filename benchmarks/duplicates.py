"""Prints whether near-duplicates are grouped as by hand, and in what time.

python -m benchmarks.duplicates [COUNT ...]

The texts are the indicators of the example disclosure, each reworded many times. They are grouped
by hand, each held against all centres before it, and by looking up those near it; then one more.
"""

import argparse
import sqlite3
import time
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path
from random import Random

from jixiao.comparison.near_duplicates import Groups, in_common
from jixiao.extraction import read
from jixiao.model.record import Record
from jixiao.rdf.derived.text_features import likeness
from jixiao.store.search_index import GROUP_TABLES

EXAMPLE = Path(__file__).parents[1] / "examples" / "juluxian-2023.pdf"


def reworded(record: Record, count: int, seed: int) -> list[str]:
    """Return so many different texts of indicators: a record's, and rewordings of them."""
    random = Random(seed)
    own = sorted({f"{i.level3}|{i.description}" for p in record.projects for i in p.indicators})
    characters = sorted(set("".join(own)))
    found = dict.fromkeys(own)
    while len(found) < count:
        found[_edited(random.choice(own), random, characters)] = None
    return list(found)[:count]


def _edited(text: str, random: Random, characters: list[str]) -> str:
    """Return a text in which up to a quarter of the characters are others, gone, or more."""
    letters = list(text)
    for _ in range(random.randint(1, max(1, len(text) // 4))):
        at = random.randrange(len(letters))
        letters[at] = random.choice(["", random.choice(characters), letters[at] + "的"])
    return "".join(letters)


Found = dict[str, tuple[str, float]]
"""Of each text its centre, and what it has in common with that."""


def by_hand(counts: Mapping[str, int]) -> Found:
    """Group texts as it is defined: each is held against all centres before it."""
    found, centres, least = Found(), list[str](), likeness().clusters.least
    for text in sorted(counts, key=lambda text: (-counts[text], text)):
        shares = ((-in_common(text, centre), centre) for centre in centres)
        share, centre = min(shares, default=(0.0, ""))
        if -share >= least:
            found[text] = centre, -share
        else:
            found[text] = text, 1.0
            centres.append(text)
    return found


def grouped(database: sqlite3.Connection) -> Found:
    """Return how the texts of a database are grouped."""
    centres = """SELECT own.text, centre.text, own.share FROM wording AS own
        JOIN wording AS centre ON centre.id = own.centre"""
    return {text: (centre, share) for text, centre, share in database.execute(centres)}


def main() -> None:
    """Print a line for each count."""
    parser = argparse.ArgumentParser()
    parser.add_argument("counts", type=int, nargs="*", default=[500, 1000, 2000, 4000])
    record = read(EXAMPLE)
    print("different  in another's group  as by hand  by hand s  grouped s  one more s")
    for count in parser.parse_args().counts:
        *texts, last = reworded(record, count + 1, seed=count)
        times = [time.perf_counter()]
        exact = by_hand(dict.fromkeys(texts, 1))
        times.append(time.perf_counter())
        database = sqlite3.connect(":memory:")
        database.executescript(GROUP_TABLES)
        Groups(database).change(dict.fromkeys(texts, 1))
        times.append(time.perf_counter())
        found = grouped(database)
        members = sum(1 for text, (centre, _) in found.items() if text != centre)
        same = "all" if found == exact else "not all"
        between = time.perf_counter()
        Groups(database).change({last: 1})
        more = time.perf_counter() - between
        hand, looked_up = (after - before for before, after in pairwise(times))
        print(f"{count:9} {members:19} {same:>11} {hand:10.2f} {looked_up:10.2f} {more:11.4f}")


if __name__ == "__main__":
    main()
