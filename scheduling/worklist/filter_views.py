"""Staff: saving a filter of the worklist under a name, and deleting it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from clinic.accounts.actors import staff_actor
from clinic.accounts.decorators import requires
from clinic.accounts.roles import Permission
from clinic.platform.told import told_above, told_in
from scheduling.worklist.filter_actions import delete_filter, save_filter
from scheduling.worklist.filters import read_filter
from scheduling.worklist.home import choices_of, show_worklist
from scheduling.worklist.list_forms import SaveFilterForm
from scheduling.worklist.models import SavedFilter


@requires(Permission.VIEW_WORKLIST)
@require_POST
def save(request: HttpRequest) -> HttpResponse:
    """Save the filter of the page under a name; the list is shown again with it."""
    form = SaveFilterForm(request.POST, action=request.path)
    asked = request.POST.get("query", "")
    people, specialties, _saved = choices_of(request.user)
    chosen = read_filter(asked, people=people, specialties=specialties)
    if chosen is None or chosen.is_empty:
        messages.warning(request, _("There is no such filter. Choose a filter, then save it."))
        return redirect("worklist:home")
    if form.is_valid():
        said = form.cleaned_data
        with told_in(form, "name"):
            by = staff_actor(request.user)
            saved = save_filter(chosen, name=said["name"], user=request.user, by=by, key=said["key"])
            messages.success(request, _("Saved as “%(name)s”.") % {"name": saved.name})
            return redirect(f"{reverse('worklist:home')}?{saved.query}")
    return show_worklist(request, QueryDict(chosen.query), save_form=form, status=422)


@requires(Permission.VIEW_WORKLIST)
@require_POST
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Delete one's own saved filter."""
    saved = get_object_or_404(SavedFilter, pk=pk, user=request.user)
    with told_above(request):
        delete_filter(saved, user=request.user, by=staff_actor(request.user), key=request.POST.get("key", ""))
        messages.success(request, _("“%(name)s” is deleted.") % {"name": saved.name})
    return redirect("worklist:home")
