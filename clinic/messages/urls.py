"""Addresses that other programs call."""

from django.urls import path

from clinic.messages import views

app_name = "messages"

urlpatterns = [path("texts/answered/", views.answered, name="answered")]
