"""One press of a button, one effect: the answer to a key is stored in the transaction that made it.

A page mints its key with `new_key()` and posts it hidden. A refusal is stored under its key, too (in a transaction of
its own, since the refused work is rolled back): the page shown after a refusal must carry a new key.
"""

import dataclasses
import json
import uuid
from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from functools import wraps
from typing import Any

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from clinic.platform.audit.actors import Actor
from clinic.platform.crypto.index import blind_index
from clinic.platform.db.batch import Batch
from clinic.platform.refusals import Refused
from clinic.platform.submits.models import Submit

LONGEST_KEY = 64
CLOCK_ARGUMENTS = frozenset({"now", "at"})  # the moment differs between two presses; what was asked does not


def new_key() -> str:
    """A fresh idempotency key, minted with a page."""
    return uuid.uuid4().hex


def submit_once(
    purpose: str,
    *,
    store: Callable[[Any], str] = lambda result: "",
    replay: Callable[[str], Any] = lambda stored: None,
    foreseen: Callable[..., str] = lambda *args, **kwargs: "",
    reads: Callable[..., Any] | None = None,
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Makes an action safe to press twice; it takes `by: Actor` and `key` as keywords and runs in one transaction.

    `store` turns its result into a short text (a key, no patient data), `replay` finds the result again; `foreseen`
    may tell from the arguments what `store` is going to say, which spares writing the row twice; `reads(batch, *args)`
    may ask for what the action reads first, and the action gets what that returns as `read`, with the answers in it,
    which spares a trip to the database. The same key again returns `replay(stored)` or raises the stored Refused; the
    same key from another actor, for another purpose or with other arguments raises Refused(code="key_reused"), an empty
    or overlong key Refused(code="key_missing").
    """

    def decorate(action: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(action)
        def once(*args: Any, by: Actor, key: str, **kwargs: Any) -> Any:
            _check_key(key)
            print_of = fingerprint(args, kwargs)
            submit = Submit(
                key=key,
                purpose=purpose,
                actor_kind=by.kind,
                actor_id=by.id,
                fingerprint=print_of,
                created_at=timezone.now(),
            )
            try:
                with transaction.atomic():
                    submit.stored = foreseen(*args, **kwargs)
                    batch = Batch()
                    read = {} if reads is None else {"read": reads(batch, *args)}
                    submit_id = _insert_unless_known(submit, batch)
                    if submit_id is not None:
                        result = action(*args, by=by, key=key, **read, **kwargs)
                        stored = store(result)
                        if stored != submit.stored:
                            Submit.objects.filter(pk=submit_id).update(stored=stored)
                        return result
            except Refused as refused:
                submit.state, submit.stored = Submit.State.REFUSED, ""
                submit.refusal = {
                    "sentence": str(refused),
                    "code": refused.code,
                    "next_times": [str(moment) for moment in refused.next_times],
                }
                if (
                    _insert_unless_known(submit, Batch()) is not None
                ):  # commits by itself, unless the caller has a transaction
                    raise
            return _answer_again(submit, replay)

        return once

    return decorate


def fingerprint(args: tuple, kwargs: Mapping[str, Any]) -> str:
    """A keyed hash of the arguments, clock arguments apart: tells whether two submits asked for the same thing."""
    asked = {name: value for name, value in kwargs.items() if name not in CLOCK_ARGUMENTS}
    return blind_index(json.dumps([_shape(args), _shape(asked)], sort_keys=True), purpose="submit")


def _shape(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, models.Model):
        return [value._meta.label_lower, str(value.pk)]
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): _shape(part) for key, part in value.items()}
    if isinstance(value, set | frozenset):
        return sorted(json.dumps(_shape(part), sort_keys=True) for part in value)
    if isinstance(value, list | tuple | models.QuerySet):
        return [_shape(part) for part in value]
    if dataclasses.is_dataclass(value):
        return {item.name: _shape(getattr(value, item.name)) for item in dataclasses.fields(value)}
    if isinstance(value, uuid.UUID) or type(value).__str__ is not object.__str__:
        return str(value)
    return type(value).__qualname__  # an object without a text of its own says nothing that stays the same


def _check_key(key: object) -> None:
    if not isinstance(key, str) or not key.strip() or len(key) > LONGEST_KEY or "\0" in key:
        raise Refused(_("This page is too old to be sent. Load it again, then try once more."), code="key_missing")


def _insert_unless_known(submit: Submit, batch: Batch) -> int | None:
    """Sends the batch with the new row; its id, None when the key is known.

    Waits for another transaction that is inserting the same key.
    """
    made = batch.insert([submit], tail="ON CONFLICT (key) DO NOTHING RETURNING id")
    batch.send()
    return made.rows[0][0] if made.rows else None


def _answer_again(asked: Submit, replay: Callable[[str], Any]) -> Any:
    known = Submit.objects.get(key=asked.key)
    same = ("purpose", "actor_kind", "actor_id", "fingerprint")
    if any(getattr(known, name) != getattr(asked, name) for name in same):
        raise Refused(
            _("This page was already sent with something else. Load it again, then try once more."), code="key_reused"
        )
    if known.state == Submit.State.REFUSED:
        told = known.refusal
        raise Refused(told["sentence"], code=told["code"], next_times=told["next_times"])
    return replay(known.stored)
