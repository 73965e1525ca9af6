"""Staff: change or cancel a visit, the list of a day."""

from django.urls import path

from scheduling.visits import change_confirm_views, change_staff_views, staff_views

app_name = "staff-visits"

urlpatterns = [
    path("visits/<uuid:visit_id>/", change_staff_views.visit_page, name="visit"),
    path("visits/<uuid:visit_id>/day/", change_staff_views.move_to_day, name="move-day"),
    path("visits/<uuid:visit_id>/legs/<uuid:leg_id>/move/", change_staff_views.move, name="move-leg"),
    path("visits/<uuid:visit_id>/legs/<uuid:leg_id>/swap/", change_staff_views.swap, name="swap"),
    path("visits/<uuid:visit_id>/confirm/", change_confirm_views.confirm, name="confirm"),
    path("visits/<uuid:visit_id>/undo/", change_confirm_views.undo, name="undo"),
    path("visits/<uuid:visit_id>/cancel/", staff_views.cancel, name="cancel"),
    path("schedule/", staff_views.today, name="today"),
    path("schedule/day/<slug:on>/", staff_views.day, name="day"),
    path("schedule/day/<slug:on>/print/", staff_views.print_day, name="print-day"),
]
