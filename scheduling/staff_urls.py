"""Pages of the staff, all below /staff/."""

from django.urls import include, path

from intake.before_visit.place import patterns
from scheduling.worklist.phone_views import before_visit

urlpatterns = [
    path("requests/<str:reference>/before-visit/", include((patterns(before_visit), "staff-before-visit"))),
    path("", include("scheduling.worklist.staff_urls")),
    path("", include("scheduling.offers.staff_urls")),
    path("", include("scheduling.scores.staff_urls")),
    path("", include("scheduling.patient_page.staff_urls")),
    path("", include("scheduling.visits.staff_urls")),
    path("", include("scheduling.calendar.staff_urls")),
    path("", include("scheduling.waitlist.staff_urls")),
    path("", include("scheduling.conference.staff_urls")),
    path("", include("scheduling.visits.check_in_staff_urls")),
    path("", include("scheduling.availability.staff_urls")),
    path("", include("scheduling.follow_up.staff_urls")),
    path("", include("scheduling.measures.staff_urls")),
    path("", include("intake.nurse_line.staff_urls")),
]
