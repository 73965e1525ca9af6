"""Staff: the calendar by clinician, room, week and month, and booking from a free gap."""

from django.urls import path

from scheduling.calendar import book_views, staff_views

app_name = "staff-calendar"

urlpatterns = [
    path("schedule/clinicians/<slug:on>/", staff_views.by_clinician, name="day"),
    path("schedule/rooms/<slug:on>/", staff_views.by_room, name="rooms"),
    path("schedule/week/", staff_views.find_week, name="find-week"),
    path("schedule/week/<int:clinician_id>/<slug:on>/", staff_views.week, name="week"),
    path("schedule/month/<slug:month>/", staff_views.month, name="month"),
    path("schedule/book/<int:clinician_id>/<slug:at>/", book_views.choose, name="book"),
    path("schedule/book/<int:clinician_id>/<slug:at>/<str:reference>/", book_views.book, name="book-for"),
]
