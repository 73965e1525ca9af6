"""Staff: plan the day of a request, hold up to three days, take an offer back."""

from django.urls import path

from scheduling.offers import staff_views

app_name = "staff-offers"

urlpatterns = [
    path("requests/<str:reference>/days/", staff_views.build, name="build"),
    path("requests/<str:reference>/days/take-back/", staff_views.release, name="release"),
]
