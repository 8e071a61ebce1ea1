"""Prints how many near-duplicates are found of those there are, and in what time.

python -m benchmarks.duplicates [COUNT ...]

The texts are the indicators of the example disclosure, each reworded many times.
"""

import argparse
import time
from itertools import combinations
from pathlib import Path
from random import Random

from jixiao.clusters import in_common, pairs
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


def main() -> None:
    """Print a line for each count."""
    parser = argparse.ArgumentParser()
    parser.add_argument("counts", type=int, nargs="*", default=[500, 1000, 2000, 4000])
    record, least = read(EXAMPLE), likeness().clusters.least
    print(f"pairs with {least} in common at least")
    print("indicators   pairs   found  recall  wrong   brute s   hashed s")
    for count in parser.parse_args().counts:
        texts = reworded(record, count, seed=count)
        started = time.perf_counter()
        hashed = {(a, b) for a, b, _ in pairs(texts, least)}
        between = time.perf_counter()
        exact = every_pair(texts, least)
        ended = time.perf_counter()
        print(
            f"{count:10} {len(exact):7} {len(hashed & exact):7} "
            f"{len(hashed & exact) / len(exact):7.2%} {len(hashed - exact):6} "
            f"{ended - between:9.2f} {between - started:10.3f}"
        )


if __name__ == "__main__":
    main()
