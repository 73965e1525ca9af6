"""Staff: the case conference."""

from django.urls import path

from scheduling.conference import case_views, staff_views

app_name = "staff-conference"

urlpatterns = [
    path("conference/", staff_views.next_one, name="next"),
    path("conference/dates/", staff_views.dates, name="dates"),
    path("conference/new/", staff_views.new, name="new"),
    path("conference/cases/<uuid:case_id>/", case_views.case, name="case"),
    path("conference/cases/<uuid:case_id>/print/", case_views.print_case, name="print-case"),
    path("conference/cases/<uuid:case_id>/question/", case_views.question, name="question"),
    path("conference/cases/<uuid:case_id>/recommend/", case_views.recommend_for, name="recommend"),
    path("conference/cases/<uuid:case_id>/outcome/", case_views.outcome, name="outcome"),
    path("conference/cases/<uuid:case_id>/move/<slug:way>/", case_views.move, name="move"),
    path("conference/cases/<uuid:case_id>/off/", case_views.off, name="off"),
    path("conference/cases/<uuid:case_id>/another-day/", case_views.another_day, name="another-day"),
    path("conference/<slug:on>/", staff_views.conference, name="conference"),
    path("conference/<slug:on>/print/", staff_views.print_conference, name="print"),
    path("conference/<slug:on>/attendance/", staff_views.attendance, name="attendance"),
    path("conference/<slug:on>/close/", staff_views.close, name="close"),
    path("conference/<slug:on>/open-again/", staff_views.reopen, name="open-again"),
    path("requests/<str:reference>/conference/", staff_views.add, name="add"),
]
