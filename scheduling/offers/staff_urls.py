"""Staff: plan the day of a request, hold up to three days, take an offer back."""

from django.urls import path

from scheduling.offers import answer_views, over_views, send_again_views, staff_views

app_name = "staff-offers"

urlpatterns = [
    path("requests/<str:reference>/days/", staff_views.build, name="build"),
    path("requests/<str:reference>/days/over/", over_views.over, name="over"),
    path("requests/<str:reference>/days/take-back/", staff_views.release, name="release"),
    path("requests/<str:reference>/days/answer/", answer_views.answer, name="answer"),
    path("requests/<str:reference>/days/answer/none-work/", answer_views.none_work, name="answer-none"),
    path("requests/<str:reference>/days/answer/more-time/", answer_views.more_time, name="answer-more"),
    path("requests/<str:reference>/send-link/", send_again_views.send_again, name="send-again"),
]
