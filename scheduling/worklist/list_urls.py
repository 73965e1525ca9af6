"""Addresses of the lists of the worklist, what is done from them, and the day of one clinician."""

from django.urls import path

from scheduling.worklist import call_views, filter_views, my_day_views, quiet_views, staff_views, take_views

urlpatterns = [
    path("", staff_views.home, name="home"),
    path("search/", staff_views.search, name="search"),
    path("my-day/", my_day_views.my_day, name="my-day"),
    path("to-call/", call_views.to_call, name="to-call"),
    path("take/", take_views.take_several, name="take-several"),
    path("filters/save/", filter_views.save, name="filter-save"),
    path("filters/<int:pk>/delete/", filter_views.delete, name="filter-delete"),
    path("quiet/news/", quiet_views.news, name="news"),
    path("requests/<str:reference>/hand-over/", take_views.give, name="hand-over"),
]
