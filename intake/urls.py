"""Pages of patients and caregivers before they are seen."""

from django.urls import include, path

urlpatterns = [
    path("", include("intake.registration.urls")),
    path("", include("intake.nurse_line.urls")),
]
