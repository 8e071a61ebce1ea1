"""Prints the rows of each question on three stores, and whether they are the same.

python -m benchmarks.stores STORE

The store is published to an Oxigraph server and to Virtuoso, started for it on loopback.
"""

import argparse
import time
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

from tests import servers
from tests.answers import same

from jixiao.model.answer import Answer
from jixiao.publishing.sparql_store import publish
from jixiao.queries.answering import ask
from jixiao.queries.repositories.sparql_http import Endpoint
from jixiao.rdf.questions import questions
from jixiao.store.store import Store, open_store


def main() -> None:
    """Print a line for each question."""
    parser = argparse.ArgumentParser()
    parser.add_argument("store", type=Path)
    with ExitStack() as stack:
        scratch = Path(stack.enter_context(TemporaryDirectory()))
        store = stack.enter_context(open_store(parser.parse_args().store))
        started = (servers.oxigraph(scratch / "oxigraph"), servers.virtuoso(scratch / "virtuoso"))
        endpoints = [Endpoint(stack.enter_context(server).url) for server in started]
        for endpoint in endpoints:
            began = time.perf_counter()
            done = publish(store, endpoint)
            print(f"{endpoint.server.name}: {done} in {time.perf_counter() - began:.1f} s")
        sources: list[Store | Endpoint] = [store, *endpoints]
        print("| no. | question | rows | embedded s | Oxigraph s | Virtuoso s | same rows |")
        print("|---|---|---:|---:|---:|---:|---|")
        for question in sorted(questions(), key=lambda known: known.head.id):
            answers, seconds = list[Answer](), list[float]()
            for source in sources:
                began = time.perf_counter()
                answers.append(ask(source, question.name))
                seconds.append(time.perf_counter() - began)
            equal = all(same(answer) == same(answers[0]) for answer in answers)
            times = " | ".join(f"{s:.3f}" for s in seconds)
            rows = len(answers[0].rows)
            told = "yes" if equal else "NO"
            print(f"| {question.head.id} | {question.name} | {rows} | {times} | {told} |")


if __name__ == "__main__":
    main()
