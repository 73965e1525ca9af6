"""Addresses of the whole product; each area keeps its own list."""

from django.urls import include, path

from clinic.accounts.admin_site import admin_site

urlpatterns = [
    # before the others, whose addresses begin with any word: a list is gone through from its top
    path("staff/", include("clinic.sign_in.urls")),
    path("staff/", include("scheduling.staff_urls")),
    path("", include("clinic.site.urls")),
    path("", include("clinic.education.urls")),
    path("", include("clinic.messages.urls")),
    path("", include("intake.urls")),
    path("", include("scheduling.urls")),
    path("admin/", admin_site.urls),
]

handler400 = "clinic.site.views.bad_request"
handler403 = "clinic.site.views.forbidden"
handler404 = "clinic.site.views.not_found"
handler500 = "clinic.site.views.server_error"
