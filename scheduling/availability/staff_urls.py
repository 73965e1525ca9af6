"""Staff: who works when, what is closed, and appointments outside working time."""

from django.urls import path

from scheduling.availability import free_views, staff_views

app_name = "staff-availability"

urlpatterns = [
    path("availability/", staff_views.home, name="home"),
    path("availability/outside/", staff_views.outside, name="outside"),
    path("availability/free/", free_views.free, name="free"),
    path("availability/free.json", free_views.free_json, name="free-json"),
    path("availability/clinicians/<int:clinician_id>/", staff_views.clinician, name="clinician"),
    path("availability/clinicians/<int:clinician_id>/session/", staff_views.add_session, name="add-session"),
    path("availability/clinicians/<int:clinician_id>/date/", staff_views.add_exception, name="add-exception"),
    path("availability/clinicians/<int:clinician_id>/buffer/", staff_views.buffer, name="buffer"),
    path("availability/sessions/<int:session_id>/change/", staff_views.change_session, name="change-session"),
    path("availability/sessions/<int:session_id>/end/", staff_views.end_session, name="end-session"),
    path("availability/dates/<int:exception_id>/remove/", staff_views.remove_exception, name="remove-exception"),
    path("availability/closures/add/", staff_views.add_closure, name="add-closure"),
    path("availability/closures/<int:closure_id>/remove/", staff_views.remove_closure, name="remove-closure"),
]
