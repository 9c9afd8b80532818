"""`work.run` is the same over threads and over processes."""

from __future__ import annotations

import itertools
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor

import pytest

from toolkit import work


def double(number: int) -> int:
    return 2 * number


@pytest.fixture(params=[ThreadPoolExecutor, ProcessPoolExecutor])
def pool(request: pytest.FixtureRequest) -> Executor:
    with request.param(2) as made:
        yield made


def test_every_task_is_answered_once(pool: Executor) -> None:
    assert sorted(work.run(double, range(40), pool)) == [2 * n for n in range(40)]


def test_tasks_are_drawn_as_they_are_needed() -> None:
    drawn = []

    def tasks():
        for number in itertools.count():
            drawn.append(number)
            yield number

    with ThreadPoolExecutor(1) as pool:
        results = work.run(double, tasks(), pool)
        first = [next(results) for _ in range(3)]
        results.close()
    assert len(first) == 3
    assert len(drawn) < 3 + 3 * work.AHEAD
