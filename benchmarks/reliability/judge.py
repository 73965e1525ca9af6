"""Whether a recorded history can be explained by a legal sequential one. Plain Python, no database.

The order is the one in which the database committed: of two transactions that wanted the same thing the second one got
its place in the audit only after the first had ended, and those that wanted nothing in common may stand either way.
Every commit is replayed on the model in that order: it must be legal there, must have moved exactly the states that the
model moves, and must not come before one that was answered before it began. A refusal, which commits nothing, must be
right in one of the states that there may have been between its invocation and its response.
"""

from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import accumulate

from benchmarks.reliability.changes import Model
from benchmarks.reliability.model import Impossible
from benchmarks.reliability.words import FAILED, MADE, REFUSED, UNKNOWN, Attempt, Move, Recorded

LOCK_WAIT = 2_900_000_000  # nanoseconds: "busy" is said only after waiting 3 seconds for others
FOREVER = 1 << 62
# Looked at before the locks and guarded by nothing, because a hold does not take the patient's time: booking decides
ONLY_LOOKED_AT = frozenset({"patient_busy"})


@dataclass
class Committed:
    """What the database says of one attempt: its place among all, the states it moved, in order."""

    position: int
    moves: list[Move] = field(default_factory=list)
    lapsed: list[str] = field(default_factory=list)  # visits whose hold it ended
    change: str = ""  # the change of a visit that it kept
    left: dict[str, tuple] = field(default_factory=dict)  # where that put the legs which take time


@dataclass
class Verdict:
    """What was found."""

    faults: list[str] = field(default_factory=list)
    counts: Counter = field(default_factory=Counter)


@dataclass
class _Open:
    """Something still to be explained by a state in which it is right."""

    one: Recorded
    low: int
    high: int
    seen: set = field(default_factory=set)  # how the visit was in the states so far


def judge(model: Model, recorded: Sequence[Recorded], committed: dict[datetime, Committed]) -> Verdict:
    """Replay the committed history on `model`, which is left in the last state, and explain every answer."""
    verdict = Verdict()
    by_moment = {one.attempt.now: one for one in recorded}
    if len(by_moment) != len(recorded):
        raise ValueError("two attempts have the same moment")
    for moment in committed.keys() - by_moment.keys():
        verdict.faults.append(f"nobody attempted what was committed at {moment}")
    order = sorted((its.position, moment) for moment, its in committed.items() if moment in by_moment)
    commits = [(by_moment[moment], committed[moment]) for _position, moment in order]
    _match_answers(recorded, committed, verdict)
    latest_begin = 0
    for one, _its in commits:
        if _end(one) < latest_begin:
            verdict.faults.append(f"{_name(one)}: committed after one that began when it was over")
        latest_begin = max(latest_begin, one.began)
    _replay(model, commits, _to_explain(recorded, commits), verdict)
    return verdict


def _match_answers(recorded: Iterable[Recorded], committed: dict[datetime, Committed], verdict: Verdict) -> None:
    """Every acknowledged answer has its commit, nothing else has one; one key one commit, one answer."""
    by_key: dict[str, list[Recorded]] = defaultdict(list)
    for one in recorded:
        by_key[one.key].append(one)
        verdict.counts[f"{one.attempt.what} {one.outcome}"] += 1
        if one.outcome == REFUSED:
            verdict.counts[f"because:{one.said}"] += 1
        if one.outcome == FAILED:
            verdict.faults.append(f"{_name(one)}: an error came to a person: {one.said}")
    for key, group in by_key.items():
        done = [one for one in group if one.attempt.now in committed]
        made = [one for one in group if one.outcome == MADE]
        refused = [one for one in group if one.outcome == REFUSED]
        if group[0].attempt.what == "expire":
            continue
        if len(done) > 1:
            verdict.faults.append(f"key {key}: committed {len(done)} times")
        if made and not done:
            verdict.faults.append(f"{_name(made[0])}: acknowledged and lost")
        if done and refused:
            verdict.faults.append(f"{_name(refused[0])}: refused and committed")
        if len({tuple(sorted(one.result.items())) for one in made}) > 1:
            verdict.faults.append(f"key {key}: different answers to one key")
        if len({one.said for one in refused}) > 1:
            verdict.faults.append(f"key {key}: different refusals of one key")


def _to_explain(recorded: Iterable[Recorded], commits: list[tuple[Recorded, Committed]]) -> dict[int, list[_Open]]:
    """Refusals and looks, by the first of the states that may have been while they ran."""
    latest = list(accumulate((_end(one) for one, _its in commits), max))
    earliest = list(accumulate((one.began for one, _its in reversed(commits)), min))[::-1]
    found: dict[int, list[_Open]] = defaultdict(list)
    first: dict[str, Recorded] = {}
    for one in sorted(recorded, key=lambda one: one.began):
        known = first.setdefault(one.key, one)
        if one.outcome == REFUSED and not (known is not one and known.outcome == REFUSED):
            # the answer may be older: that of a process that was killed after it was stored, before it was heard
            low, high = bisect_left(latest, known.began), bisect_right(earliest, _end(one))
            found[low].append(_Open(one, low, high))
    for one, _its in commits:
        low, high = bisect_left(latest, one.began), bisect_right(earliest, _end(one))
        found[low].append(_Open(one, low, high))
    return found


def _replay(
    model: Model, commits: list[tuple[Recorded, Committed]], to_explain: dict[int, list[_Open]], verdict: Verdict
) -> None:
    pending: list[_Open] = []
    for place in range(len(commits) + 1):
        pending += to_explain.get(place, [])
        still = []
        for waiting in pending:
            if _is_explained(model, waiting):
                continue
            if waiting.high <= place:
                verdict.faults.append(_unexplained(model, waiting.one))
            else:
                still.append(waiting)
        pending = still
        if place < len(commits):
            _commit(model, *commits[place], verdict)


def _right(model: Model, one: Recorded) -> set[str] | None:
    """The refusals that would be right now; None when it is of something that does not exist in this state."""
    try:
        return model.refusals(one.attempt)
    except KeyError:
        return None


def _is_explained(model: Model, waiting: _Open) -> bool:
    one = waiting.one
    right = _right(model, one)
    if right is None:
        return False
    if one.outcome != REFUSED:
        return not right & ONLY_LOOKED_AT
    if one.said == "stale":  # right also when the visit was not the same throughout
        waiting.seen.add(model.version(one.attempt))
        return "stale" in right or len(waiting.seen) > 1
    waited = _end(one) - one.began
    return one.said in right | model.may_also_refuse(one.attempt) or (one.said == "busy" and waited >= LOCK_WAIT)


def _unexplained(model: Model, one: Recorded) -> str:
    right = sorted(_right(model, one) or ())
    if one.outcome == REFUSED:
        return f"{_name(one)}: refused as {one.said!r}, at the end of which {right or 'nothing'} would have been right"
    return f"{_name(one)}: made although {right} at every moment of it"


def _commit(model: Model, one: Recorded, its: Committed, verdict: Verdict) -> None:
    """The next of the sequential history."""
    verdict.counts["commits"] += 1
    try:
        if wrong := model.refusals(one.attempt) - ONLY_LOOKED_AT:
            verdict.faults.append(f"{_name(one)}: committed, should have been refused: {sorted(wrong)}")
        expected = model.apply(one.attempt, result_of(one.attempt, its))
    except (Impossible, KeyError, IndexError, ValueError) as error:
        verdict.faults.append(f"{_name(one)}: cannot have happened: {error!r}")
        return
    found = Counter(its.moves)
    if found != Counter(expected):
        extra, missing = found - Counter(expected), Counter(expected) - found
        verdict.faults.append(f"{_name(one)}: partial or too much: not moved {[*missing]}, moved {[*extra]}")


def result_of(attempt: Attempt, its: Committed) -> dict:
    """The keys of what it made, as the history has them in order."""
    if attempt.what == "expire":
        return {"visits": its.lapsed}
    if attempt.what in KEPT:
        return {"change": its.change} | ({"left": its.left} if attempt.what == "drop_leg" else {})
    if attempt.what != "make_offer":
        return {}
    made = {thing: [key for kind, key, before, _to in its.moves if kind == thing and not before] for thing in _THINGS}
    keys = iter(made["appointment"])
    legs = [[next(keys, "") for _leg in day.legs] for day in attempt.given["days"]]
    return {"offer": made["offer"][0], "visits": made["visit"], "legs": legs}


_THINGS = ("offer", "visit", "appointment")
KEPT = frozenset({"cancel", "no_show", "move_leg", "swap_clinician", "move_day", "drop_leg"})


def _end(one: Recorded) -> int:
    return FOREVER if one.ended is None else one.ended


def _name(one: Recorded) -> str:
    its = one.attempt
    about = its.given.get("visit") or its.given.get("offer") or its.given.get("request") or ""
    return f"{its.what} by {its.by} of process {one.process} at {its.now:%d %H:%M:%S.%f} {about}"


def end_of_unknown(recorded: Sequence[Recorded], gone: dict[int, int]) -> None:
    """When an attempt without a response was over at latest: with the answer to its key, or with its process."""
    answered: dict[str, int] = {}
    for one in recorded:
        if one.ended is not None:
            answered[one.key] = min(one.ended, answered.get(one.key, FOREVER))
    for one in recorded:
        if one.outcome == UNKNOWN and one.ended is None:
            one.ended = answered.get(one.key) or gone.get(one.process)
