"""Staff: one patient over all requests, and changing the record. The address holds a random key, nothing else."""

from django.urls import path

from scheduling.patient_page import staff_views

app_name = "staff-patients"

urlpatterns = [
    path("patients/<uuid:patient_id>/", staff_views.patient, name="patient"),
    path("patients/<uuid:patient_id>/edit/", staff_views.edit, name="edit"),
    path("patients/<uuid:patient_id>/caregivers/<int:proxy_id>/", staff_views.proxy, name="proxy"),
]
