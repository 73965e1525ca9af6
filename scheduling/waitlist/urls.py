"""The patient's pages about an earlier day."""

from django.urls import path

from scheduling.waitlist import views

app_name = "waitlist"

urlpatterns = [
    path("my/<str:reference>/earlier-day/", views.join, name="join"),
    path("my/<str:reference>/earlier-day/leave/", views.leave, name="leave"),
]
