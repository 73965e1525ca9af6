"""Staff: who waits for freed time."""

from django.urls import path

from scheduling.waitlist import staff_views

app_name = "staff-waitlist"

urlpatterns = [
    path("waitlist/", staff_views.waitlist, name="list"),
    path("waitlist/<uuid:entry_id>/offer/", staff_views.offer, name="offer"),
    path("waitlist/<uuid:entry_id>/remove/", staff_views.remove, name="remove"),
    path("requests/<str:reference>/waitlist/", staff_views.entry, name="entry"),
]
