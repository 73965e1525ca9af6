"""Which function does which kind of job."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Kind:
    """`outside`: it reaches out of the database (e-mail), so it runs without a transaction around it."""

    name: str
    run: Callable[..., None]
    outside: bool
    on_give_up: Callable[..., None] | None


_kinds: dict[str, Kind] = {}
_planners: dict[str, Callable[[], None]] = {}


def job(
    name: str, *, outside: bool = False, on_give_up: Callable[..., None] | None = None
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Registers `run(**args)` for a kind of job.

    Its effect is committed together with the job's completion, unless `outside`: then it may happen again after a crash
    and must bear that (a Message-ID made from the dedupe key). `on_give_up(**args)` runs after the last failed attempt.
    """

    def register(run: Callable[..., None]) -> Callable[..., None]:
        known = _kinds.get(name)
        if known is not None and known.run.__qualname__ != run.__qualname__:
            raise ValueError(f"two functions for the job {name}")
        _kinds[name] = Kind(name, run, outside, on_give_up)
        return run

    return register


def kind_named(name: str) -> Kind | None:
    """The kind, None for a name nobody registered."""
    return _kinds.get(name)


def planner(plan: Callable[[], None]) -> Callable[[], None]:
    """Registers what every worker calls once a minute to queue work that comes back, such as once a week.

    Several workers may do so at once: it queues with a dedupe name, and looks first whether the job is there.
    """
    _planners[f"{plan.__module__}.{plan.__qualname__}"] = plan
    return plan


def planners() -> tuple[Callable[[], None], ...]:
    """Every registered planner."""
    return tuple(_planners.values())
