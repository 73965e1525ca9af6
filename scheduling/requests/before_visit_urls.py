"""The task list before the visit, under the request."""

from intake.before_visit.place import patterns
from scheduling.requests.before_visit_views import before_visit

app_name = "before-visit"

urlpatterns = patterns(before_visit)
