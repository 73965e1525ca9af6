"""Addresses of the public pages."""

from django.urls import path

from clinic.site import views

app_name = "site"
urlpatterns = [
    path("", views.home, name="home"),
    path("get-help-now/", views.get_help_now, name="get-help-now"),
    path("contact/", views.contact, name="contact"),
    path("your-visit/", views.your_visit, name="your-visit"),
    path("our-team/", views.our_team, name="our-team"),
    path("refer/", views.refer, name="refer"),
    path("nondiscrimination/", views.nondiscrimination, name="nondiscrimination"),
    path("accessibility/", views.accessibility, name="accessibility"),
    path("privacy/", views.privacy, name="privacy"),
    path("preferences/", views.preferences, name="preferences"),
    path("preferences/text-size/", views.text_size, name="text-size"),
]
