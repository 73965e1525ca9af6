"""Addresses of the nurse line."""

from django.urls import path

from intake.nurse_line import views

app_name = "nurse-line"
urlpatterns = [
    path("ask-a-nurse/", views.start, {"kind": "question"}, name="ask"),
    path("call-me-back/", views.start, {"kind": "call_back"}, name="call-back"),
    path("ask-a-nurse/details/", views.details, name="details"),
    path("ask-a-nurse/emergency/", views.emergency, name="emergency"),
    path("ask-a-nurse/sent/", views.sent, name="sent"),
    path("ask-a-nurse/check/<slug:step>/", views.step, name="step"),
]
