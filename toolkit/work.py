"""One stage over many things in any `concurrent.futures.Executor`; knows no stage, no document, no catalogue.

Threads, process pools and a cluster's executor look the same from here. Tasks carry ids, never bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, wait
from itertools import islice
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")

#: How many tasks wait beside the running ones: enough to keep workers busy, few enough to stop soon.
AHEAD = 8


def run(stage: Callable[[T], R], tasks: Iterable[T], pool: Executor) -> Iterator[R]:
    """Apply *stage* to every task and yield each result as it ends, in order of completion.

    *stage* answers every expected failure with a result; an exception it lets through is a defect and is raised here.
    """
    waiting = iter(tasks)
    active = {pool.submit(stage, task) for task in islice(waiting, AHEAD)}
    while active:
        done, active = wait(active, return_when=FIRST_COMPLETED)
        active |= {pool.submit(stage, task) for task in islice(waiting, len(done))}
        for future in done:
            yield future.result()
