"""Pages of the staff, all below /staff/."""

from django.urls import include, path

urlpatterns = [
    path("", include("scheduling.worklist.staff_urls")),
    path("", include("scheduling.offers.staff_urls")),
    path("", include("scheduling.visits.staff_urls")),
]
