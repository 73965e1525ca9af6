"""Pages of patients about their request, offer and visit."""

from django.urls import include, path

urlpatterns = [
    path("", include("scheduling.requests.urls")),
    path("my/<str:reference>/before-visit/", include("scheduling.requests.before_visit_urls")),
    path("", include("scheduling.requests.file_urls")),
    path("", include("scheduling.offers.urls")),
    path("", include("scheduling.visits.urls")),
    path("", include("scheduling.waitlist.urls")),
]
