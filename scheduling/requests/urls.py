"""Sending a request, signing in, and the patient's pages about what they sent."""

from django.urls import path

from scheduling.requests import sign_in_views, views

app_name = "requests"

urlpatterns = [
    path("register/send/", views.send, name="send"),
    path("register/sent/", views.sent, name="sent"),
    path("sign-in/", sign_in_views.sign_in, name="sign_in"),
    path("sign-in/code/", sign_in_views.sign_in_code, name="sign_in_code"),
    path("sign-in/<str:token>/", sign_in_views.sign_in_link, name="sign_in_link"),
    path("my/", views.mine, name="mine"),
    path("my/leave/", views.leave, name="leave"),
    path("my/closed/", views.closed, name="closed"),
    path("my/<str:reference>/", views.status, name="status"),
]
