"""Pages of the registration. No address carries more than the name of a page."""

from django.urls import path

from intake.registration import resume_views, views

app_name = "registration"

urlpatterns = [
    path("request-an-appointment/", views.start, name="start"),
    path("register/who/", views.who, name="who"),
    path("register/clinic/", views.from_a_clinic, name="clinic"),
    path("register/check/", views.check, name="check"),
    path("register/save/", resume_views.save, name="save"),
    path("register/qr/", resume_views.qr_code, name="qr"),
    path("register/kept/", resume_views.kept, name="kept"),
    path("register/leave/", resume_views.leave, name="leave"),
    path("register/emergency/", views.emergency, name="emergency"),
    path("register/emergency/answer/", views.emergency_answer, name="emergency-answer"),
    path("register/call-us/", views.unchecked, name="unchecked"),
    path("register/<slug:section>/<slug:step>/", views.step, name="step"),
    path("resume/", resume_views.resume, name="resume"),
    path("resume/here/", resume_views.resume_here, name="resume-here"),
    path("go-on/<str:token>/", resume_views.go_on, name="go-on"),
    path("resume/<str:token>/", resume_views.resume_link, name="resume-link"),
]
