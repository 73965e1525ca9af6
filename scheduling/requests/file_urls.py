"""The patient's pages about added files."""

from django.urls import path

from scheduling.requests import file_views

app_name = "files"

urlpatterns = [
    path("my/<str:reference>/files/", file_views.list_files, name="list"),
    path("my/<str:reference>/files/add/", file_views.add, name="add"),
    path("my/<str:reference>/files/<uuid:upload_id>/", file_views.download, name="download"),
    path("my/<str:reference>/files/<uuid:upload_id>/remove/", file_views.remove, name="remove"),
]
