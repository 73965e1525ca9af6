"""Staff: change or cancel a visit, the list of a day and what is done on it."""

from django.urls import path

from scheduling.visits import (
    change_confirm_views,
    change_staff_views,
    day_staff_views,
    staff_views,
    walk_in_staff_views,
)

app_name = "staff-visits"

urlpatterns = [
    path("visits/<uuid:visit_id>/", change_staff_views.visit_page, name="visit"),
    path("visits/<uuid:visit_id>/day/", change_staff_views.move_to_day, name="move-day"),
    path("visits/<uuid:visit_id>/legs/<uuid:leg_id>/move/", change_staff_views.move, name="move-leg"),
    path("visits/<uuid:visit_id>/legs/<uuid:leg_id>/swap/", change_staff_views.swap, name="swap"),
    path("visits/<uuid:visit_id>/confirm/", change_confirm_views.confirm, name="confirm"),
    path("visits/<uuid:visit_id>/undo/", change_confirm_views.undo, name="undo"),
    path("visits/<uuid:visit_id>/cancel/", staff_views.cancel, name="cancel"),
    path("visits/<uuid:visit_id>/add/", walk_in_staff_views.add_leg, name="add-leg"),
    path("visits/<uuid:visit_id>/today/<slug:step>/", day_staff_views.visit_step, name="visit-step"),
    path("appointments/<uuid:leg_id>/today/<slug:step>/", day_staff_views.leg_step, name="leg-step"),
    path("requests/<str:reference>/today/", walk_in_staff_views.walk_in, name="walk-in"),
    path("requests/<str:reference>/today/one/", walk_in_staff_views.walk_in_leg, name="walk-in-leg"),
    path("schedule/", staff_views.today, name="today"),
    path("schedule/day/<slug:on>/", staff_views.day, name="day"),
    path("schedule/day/<slug:on>/print/", staff_views.print_day, name="print-day"),
]
