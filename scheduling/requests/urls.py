"""Sending a request, signing in, and the patient's pages about what they sent."""

from django.urls import path

from scheduling.requests import contact_views, sign_in_views, summary_views, symptoms_views, views

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
    path("my/<str:reference>/symptoms/", symptoms_views.symptoms, name="symptoms"),
    path("my/<str:reference>/symptoms/check/", symptoms_views.symptoms_check, name="symptoms_check"),
    path("my/<str:reference>/symptoms/send/", symptoms_views.symptoms_send, name="symptoms_send"),
    path("my/<str:reference>/symptoms/sent/", symptoms_views.symptoms_sent, name="symptoms_sent"),
    path("my/<str:reference>/symptoms/emergency/", symptoms_views.symptoms_emergency, name="symptoms_emergency"),
    path("my/<str:reference>/symptoms/<slug:step>/", symptoms_views.symptoms_step, name="symptoms_step"),
    path("my/<str:reference>/contact/", contact_views.contact, name="contact"),
    path("my/<str:reference>/kept/", views.kept, name="kept"),
    path("my/<str:reference>/summary/", summary_views.summary, name="summary"),
    path("my/<str:reference>/summary.pdf", summary_views.summary_pdf, name="summary_pdf"),
    path("my/<str:reference>/data.json", summary_views.own_data, name="own_data"),
    path("my/<str:reference>/", views.status, name="status"),
]
