"""Telling a person what was refused: in the form they sent, or above the next page when they pressed a button.

    with told_in(form):
        add_note(wanted, text=form.cleaned_data["text"], by=actor, key=form.cleaned_data["key"])
        messages.success(request, _("Note saved."))
        return redirect("worklist:request", wanted.reference)
    return show(request, wanted, form, status=422)

What stands behind the block is reached only after a refusal or, as with any block, when it does not return. Nothing but
`Refused` is caught. Views that answer a refusal in their own way (a newer version, another page) catch it themselves.
"""

from abc import ABC, abstractmethod
from types import TracebackType

from django.contrib import messages
from django.http import HttpRequest

from clinic.platform.forms.page_form import SubmitForm
from clinic.platform.refusals import Refused


class _Telling(ABC):
    def __enter__(self) -> None:
        return None

    def __exit__(
        self, kind: type[BaseException] | None, raised: BaseException | None, trace: TracebackType | None
    ) -> bool:
        if not isinstance(raised, Refused):
            return False
        self._tell(raised)
        return True

    @abstractmethod
    def _tell(self, refused: Refused) -> None: ...


class told_in(_Telling):  # noqa: N801  (read as a verb: with told_in(form))
    """What is refused inside becomes an error of the form, which gets a new key: a refusal is stored under the old one.

    The error stands at the field named for the refusal's code (`told_in(form, no_address="email")`), else at `field`,
    else above the form.
    """

    def __init__(self, form: SubmitForm, field: str | None = None, /, **field_of_code: str) -> None:
        self.form, self.field, self.field_of_code = form, field, field_of_code

    def _tell(self, refused: Refused) -> None:
        self.form.add_error(self.field_of_code.get(refused.code, self.field), str(refused))
        self.form.renew_key()


class told_above(_Telling):  # noqa: N801  (read as a verb: with told_above(request))
    """What is refused inside becomes a warning at the top of the next page."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    def _tell(self, refused: Refused) -> None:
        messages.warning(self.request, str(refused))
