"""Addresses of the pages to read. `words` and `questions` can be no article's."""

from django.urls import path

from clinic.education import views

app_name = "education"
urlpatterns = [
    path("learn/", views.index, name="index"),
    path("learn/words/", views.words, name="words"),
    path("learn/questions/", views.questions, name="questions"),
    path("learn/<slug:slug>/", views.article, name="article"),
    path("search/", views.search_page, name="search"),
]
