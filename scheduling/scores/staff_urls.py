"""Staff: the scores of a patient, on the pages of a request."""

from django.urls import path

from scheduling.scores import staff_views

app_name = "staff-scores"

urlpatterns = [
    path("requests/<str:reference>/scores/", staff_views.scores, name="list"),
    path("requests/<str:reference>/scores/add/<slug:kind>/", staff_views.add, name="add"),
    path("requests/<str:reference>/scores/<uuid:series>/", staff_views.revise, name="revise"),
]
