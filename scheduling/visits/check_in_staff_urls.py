"""Staff: checking a patient in at the desk by the code that they show."""

from django.urls import path

from scheduling.visits import check_in_staff_views

app_name = "staff-check-in"

urlpatterns = [
    path("check-in/", check_in_staff_views.find, name="find"),
    path("check-in/<uuid:visit_id>/", check_in_staff_views.visit, name="visit"),
]
