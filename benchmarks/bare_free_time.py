"""The floor of every search: one bare read of the claims as integers, and bitmaps made of them the plain way.

It uses the raw DB-API cursor and nothing of the product. What it is given for nothing: the open time of the clinicians
(the product reads and expands sessions, exceptions, holidays and closures inside its measured time).
"""

# ruff: noqa: S608  (statements are put together from names of our own tables only)

import datetime as dt

UNIT = 300
COLUMNS = {
    "sqlite": (
        "CAST(strftime('%s', starts_at) AS INTEGER) / 300",
        "(CAST(strftime('%s', ends_at) AS INTEGER) + 299) / 300",
        "?",
    ),
    "postgresql": (
        "floor(extract(epoch FROM starts_at) / 300)::bigint",
        "ceil(extract(epoch FROM ends_at) / 300)::bigint",
        "%s",
    ),
}


def read_claims(
    cursor, vendor: str, first: dt.datetime, last: dt.datetime, clinician_ids=(), room_ids=()
) -> list[tuple]:
    """(clinician, room, start unit, end unit) of every claim of clinicians and rooms between two moments.

    With keys named, only theirs; no claim lasts longer than a day, which an index on the start may use.
    """
    starts, ends, mark = COLUMNS[vendor]
    sql = (
        f"SELECT clinician_id, room_id, {starts}, {ends} FROM scheduling_claim"
        f" WHERE starts_at < {mark} AND ends_at > {mark} AND patient_id IS NULL"
    )
    bounds = [last.astimezone(dt.UTC), first.astimezone(dt.UTC)]
    if clinician_ids:
        people, rooms = (",".join(str(int(one)) for one in ids) for ids in (clinician_ids, room_ids))
        sql += f" AND starts_at >= {mark} AND (clinician_id IN ({people}) OR room_id IN ({rooms}))"
        bounds.append(bounds[1] - dt.timedelta(days=1))
    if vendor == "sqlite":
        bounds = [f"{bound:%Y-%m-%d %H:%M:%S}" for bound in bounds]
    cursor.execute(sql, bounds)
    return cursor.fetchall()


def free_masks(rows: list[tuple], opened: dict[tuple[str, int], int], base: int, length: int) -> dict:
    """Free time of every resource in `opened` as an int, bit i = unit base + i."""
    busy: dict[tuple[str, int], bytearray] = {}
    for clinician, room, start, end in rows:
        key = ("c", clinician) if clinician is not None else ("r", room)
        marks = busy.get(key)
        if marks is None:
            marks = busy[key] = bytearray(b"0" * length)
        low, high = max(start - base, 0), min(end - base, length)
        if high > low:
            marks[low:high] = b"1" * (high - low)
    empty = bytearray(b"0")
    return {key: mask & ~int(busy.get(key, empty)[::-1], 2) for key, mask in opened.items()}
