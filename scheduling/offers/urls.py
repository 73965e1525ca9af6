"""The patient's pages about an offer."""

from django.urls import path

from scheduling.offers import self_views, views

app_name = "offers"

urlpatterns = [
    path("my/offer/<str:token>/", views.open_offer, name="open"),
    path("my/<str:reference>/pick/", self_views.pick, name="pick"),
    path("my/<str:reference>/times/", views.choose, name="choose"),
    path("my/<str:reference>/times/more-time/", views.extend, name="extend"),
    path("my/<str:reference>/times/none-work/", views.decline, name="decline"),
]
