"""Staff: cancel a visit, the list of a day."""

from django.urls import path

from scheduling.visits import staff_views

app_name = "staff-visits"

urlpatterns = [
    path("visits/<uuid:visit_id>/cancel/", staff_views.cancel, name="cancel"),
    path("schedule/", staff_views.today, name="today"),
    path("schedule/day/<slug:on>/", staff_views.day, name="day"),
    path("schedule/day/<slug:on>/print/", staff_views.print_day, name="print-day"),
]
