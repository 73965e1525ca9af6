"""Staff: measures."""

from django.urls import path

from scheduling.measures import staff_views
from scheduling.measures.service import staff_views as service_views

app_name = "staff-measures"

urlpatterns = [
    path("measures/access/", staff_views.access, name="access"),
    path("measures/access/csv/", staff_views.access_csv, name="access-csv"),
    path("measures/capacity/", staff_views.capacity, name="capacity"),
    path("measures/capacity/csv/", staff_views.capacity_csv, name="capacity-csv"),
    path("measures/service/", service_views.service, name="service"),
    path("measures/service/<slug:page>/", service_views.service, name="service-page"),
    path("measures/service/<slug:measure>/csv/", service_views.service_csv, name="service-csv"),
]
