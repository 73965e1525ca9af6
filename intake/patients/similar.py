"""Whether two names may be one person's, spelled or typed differently. Pure: folded letters in, yes or no out.

Alike are: the same letters once case, accents, spaces and punctuation are gone; first and last name swapped; and names
whose first and last parts each are alike, straight or swapped. Two parts are alike when they are equal, when one begins
with the other and has at least three letters ("Sam", "Samuel"; "Garcia", "Garcia-Lopez"), or when at most two letters
differ (one in parts of up to four letters). A single name is compared with each part of the other. It only opens a task
for a person to look at; nothing is merged by it.
"""

SHORTEST_PREFIX = 3
SHORT = 4  # letters of a part in which only one may differ
MOST_EDITS = 2


def distance(one: str, other: str, most: int) -> int:
    """Letters to insert, delete, replace, or swap with their neighbor; `most + 1` when it is more than `most`."""
    if abs(len(one) - len(other)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, start=1):
        earlier, before, row = before, row, [i]
        for j, against in enumerate(other, start=1):
            best = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != against))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == against:
                best = min(best, earlier[j - 2] + 1)
            row.append(best)
    return min(row[-1], most + 1)


def parts_alike(one: str, other: str) -> bool:
    """Whether two folded parts of a name are alike; an empty part is like none."""
    if not one or not other:
        return False
    if one == other:
        return True
    shorter, longer = sorted((one, other), key=len)
    if len(shorter) >= SHORTEST_PREFIX and longer.startswith(shorter):
        return True
    most = 1 if len(shorter) <= SHORT else MOST_EDITS
    return len(shorter) > 1 and distance(one, other, most) <= most


def names_alike(one: tuple[str, str], other: tuple[str, str]) -> bool:
    """Whether two names, each as folded (first, last), may be one person's."""
    (first, last), (their_first, their_last) = one, other
    if (first + last) and (first + last) in (their_first + their_last, their_last + their_first):
        return True
    if not (first and last) or not (their_first and their_last):
        mine, theirs = [part for part in one if part], [part for part in other if part]
        return any(parts_alike(part, their) for part in mine for their in theirs)
    straight = parts_alike(first, their_first) and parts_alike(last, their_last)
    return straight or (parts_alike(first, their_last) and parts_alike(last, their_first))
