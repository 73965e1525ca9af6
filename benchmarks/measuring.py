"""What the measurements share: timing by turns and counting queries."""

import gc
import statistics
import time
from collections.abc import Callable, Sequence

from django.db import connection
from django.test.utils import CaptureQueriesContext

# Settled: these cost nothing that a page is answerable for
NOT_COUNTED = ("BEGIN", "SAVEPOINT", "RELEASE SAVEPOINT", "ROLLBACK", "COMMIT")


def milliseconds(work: Callable[[], object]) -> float:
    """How long one call takes; collection of garbage happens before it, not in it."""
    gc.collect()
    gc.disable()
    started = time.perf_counter()
    try:
        work()
        return (time.perf_counter() - started) * 1000
    finally:
        gc.enable()


def by_turns(
    product: Sequence[Callable[[], object]], floor: Sequence[Callable[[], object]], *, warm_up: int
) -> tuple[float, float]:
    """Medians in milliseconds of product and floor, run one after the other; the first `warm_up` of each not counted.

    Taking turns gives both the same neighbors: a slow second of the machine falls on both.
    """
    taken: tuple[list[float], list[float]] = ([], [])
    for number, pair in enumerate(zip(product, floor, strict=True)):
        for times, work in zip(taken, pair, strict=True):
            spent = milliseconds(work)
            if number >= warm_up:
                times.append(spent)
    return statistics.median(taken[0]), statistics.median(taken[1])


def best_of(work: Callable[[], object], times: int) -> float:
    """The shortest of some calls in milliseconds, after one that is not counted: what the neighbors do only adds."""
    work()
    return min(milliseconds(work) for _ in range(times))


def count_queries(work: Callable[[], object]) -> int:
    """The queries of one call: session, user and audit included, BEGIN and SAVEPOINT not."""
    return len(queries_of(work))


def queries_of(work: Callable[[], object]) -> list[str]:
    """The counted statements of one call."""
    with CaptureQueriesContext(connection) as captured:
        work()
    return [one["sql"] for one in captured.captured_queries if not one["sql"].startswith(NOT_COUNTED)]
