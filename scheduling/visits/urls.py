"""The patient's pages about a booked visit."""

from django.urls import path

from scheduling.visits import views

app_name = "visits"

urlpatterns = [
    path("my/visit/<str:token>/", views.open_visit, name="open"),
    path("my/<str:reference>/visit/", views.confirmation, name="confirmation"),
    path("my/<str:reference>/visit.ics", views.calendar, name="calendar"),
    path("my/<str:reference>/visit/print/", views.print_itinerary, name="print"),
    path("my/<str:reference>/other-day/", views.other_day, name="other-day"),
    path("my/<str:reference>/cancel/", views.cancel, name="cancel"),
    path("my/<str:reference>/cancel/undo/", views.undo_cancel, name="undo-cancel"),
]
