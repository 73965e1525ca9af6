"""Sending a request, and the patient's page about it."""

from django.urls import path

from scheduling.requests import views

app_name = "requests"

urlpatterns = [
    path("register/send/", views.send, name="send"),
    path("register/sent/", views.sent, name="sent"),
    path("my/leave/", views.leave, name="leave"),
    path("my/closed/", views.closed, name="closed"),
    path("my/<str:reference>/", views.status, name="status"),
]
