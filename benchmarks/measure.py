"""What the benchmarks have in common: the machine's name, medians, peaks of memory, tables."""

import gc
import os
import platform
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from statistics import median

import psutil


def machine() -> str:
    """Return what machine this is."""
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    named = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    cores, memory = len(os.sched_getaffinity(0)), psutil.virtual_memory().total / 2**30
    system = f"{platform.system()} {platform.release()}"
    cpu = next(named, platform.machine())
    return f"{cpu}, {cores} cores, {memory:.0f} GiB, {system}, Python {platform.python_version()}"


def seconds(step: Callable[[], object]) -> float:
    """Return how long a step takes; what the step before left behind is not this one's."""
    gc.collect()
    began = time.perf_counter()
    step()
    return time.perf_counter() - began


def medians(steps: dict[str, Callable[[], object]], runs: int) -> dict[str, float]:
    """Return the median time of each step, taken in turn, after a first run that counts not."""
    times = {name: list[float]() for name in steps}
    for step in steps.values():
        step()
    for _ in range(runs):
        for name, step in steps.items():
            times[name].append(seconds(step))
    return {name: median(taken) for name, taken in times.items()}


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print a table."""
    print(f"| {' | '.join(head)} |\n|{'---|' * len(head)}")
    for row in rows:
        print(f"| {' | '.join(map(str, row))} |", flush=True)


class Peak:
    """Watches the memory of a process and of its children; peaks in megabytes."""

    def __init__(self, pid: int) -> None:
        self.parent = self.worker = 0.0
        self._process, self._over = psutil.Process(pid), threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def _watch(self) -> None:
        while not self._over.wait(0.2):
            try:
                self.parent = max(self.parent, megabytes(self._process))
                for child in self._process.children(recursive=True):
                    self.worker = max(self.worker, megabytes(child))
            except psutil.Error:
                continue

    def end(self) -> None:
        """Watch no more."""
        self._over.set()
        self._thread.join()


def megabytes(process: psutil.Process) -> float:
    """Return the memory that a process holds, in megabytes."""
    return float(process.memory_info().rss) / 10**6
