"""Addresses of the staff's side, below /staff/."""

from django.urls import path

from intake.nurse_line import staff_views

app_name = "staff-questions"
urlpatterns = [
    path("questions/", staff_views.questions, name="list"),
    path("questions/<uuid:pk>/", staff_views.question, name="question"),
    path("questions/<uuid:pk>/take/", staff_views.take, name="take"),
    path("questions/<uuid:pk>/convert/", staff_views.convert, name="convert"),
]
