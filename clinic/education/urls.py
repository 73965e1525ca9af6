"""Addresses of the pages to read. `words` and `questions` can be no article's."""

from django.contrib.auth.decorators import login_not_required
from django.contrib.sitemaps.views import sitemap
from django.urls import path
from django.views.decorators.http import conditional_page

from clinic.education import views
from clinic.education.sitemap import SITEMAPS

app_name = "education"
urlpatterns = [
    path("learn/", views.index, name="index"),
    path("learn/words/", views.words, name="words"),
    path("learn/questions/", views.questions, name="questions"),
    path("learn/<slug:slug>/helpful/", views.helpful, name="helpful"),
    path("learn/<slug:slug>/", views.article, name="article"),
    path("clinical-trials/", views.trials, name="trials"),
    path("outside-help/", views.resources, name="resources"),
    path("search/", views.search_page, name="search"),
    path("robots.txt", views.robots, name="robots"),
    path("sitemap.xml", login_not_required(conditional_page(sitemap)), {"sitemaps": SITEMAPS}, name="sitemap"),
]
