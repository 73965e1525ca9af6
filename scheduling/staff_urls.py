"""Pages of the staff, all below /staff/."""

from django.urls import include, path

from intake.before_visit.place import patterns
from scheduling.requests.symptoms_pages import patterns as symptoms_patterns
from scheduling.worklist.phone_views import before_visit
from scheduling.worklist.symptoms_views import new_symptoms

urlpatterns = [
    path("requests/<str:reference>/before-visit/", include((patterns(before_visit), "staff-before-visit"))),
    path("requests/<str:reference>/new-symptoms/", include((symptoms_patterns(new_symptoms), "staff-symptoms"))),
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
