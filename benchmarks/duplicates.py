"""Prints how many near-duplicates are found of those there are, and in what time.

python -m benchmarks.duplicates [COUNT ...]

The texts are the indicators of the example disclosure, each reworded many times. Beside comparing
every pair: keeping the texts in groups, asking for all that is near each, and one text more.
"""

import argparse
import sqlite3
import time
from itertools import combinations, pairwise
from pathlib import Path
from random import Random

from jixiao.clusters import TABLES, Groups, in_common
from jixiao.extract import read
from jixiao.extract.profiles import likeness
from jixiao.record import Record

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


def every_pair(texts: list[str], least: float) -> set[tuple[int, int]]:
    """Return the near-duplicates by comparing each text with each other one."""
    numbers = combinations(range(len(texts)), 2)
    return {(a, b) for a, b in numbers if in_common(texts[a], texts[b]) >= least}


def groups_of(texts: list[str]) -> Groups:
    """Return the groups of texts that are each used once."""
    database = sqlite3.connect(":memory:")
    database.executescript(TABLES)
    groups = Groups(database)
    groups.change(dict.fromkeys(texts, 1))
    return groups


def near_pairs(groups: Groups, texts: list[str]) -> set[tuple[int, int]]:
    """Return the near-duplicates by asking for those near each text."""
    numbers = {text: number for number, text in enumerate(texts)}
    near = ((numbers[text], numbers[other]) for text in texts for other, _ in groups.near(text))
    return {(min(pair), max(pair)) for pair in near}


def main() -> None:
    """Print a line for each count."""
    parser = argparse.ArgumentParser()
    parser.add_argument("counts", type=int, nargs="*", default=[500, 1000, 2000, 4000])
    record, least = read(EXAMPLE), likeness().clusters.least
    print(f"pairs with {least} in common at least")
    print("indicators   pairs  found  wrong   brute s   grouped s   near s   one more s")
    for count in parser.parse_args().counts:
        *texts, last = reworded(record, count + 1, seed=count)
        times = [time.perf_counter()]
        groups = groups_of(texts)
        times.append(time.perf_counter())
        found = near_pairs(groups, texts)
        times.append(time.perf_counter())
        groups.change({last: 1})
        times.append(time.perf_counter())
        exact = every_pair(texts, least)
        times.append(time.perf_counter())
        grouped, near, more, brute = (after - before for before, after in pairwise(times))
        print(
            f"{count:10} {len(exact):7} {len(found & exact):6} {len(found - exact):6} "
            f"{brute:9.2f} {grouped:11.2f} {near:8.2f} {more:12.4f}"
        )


if __name__ == "__main__":
    main()
