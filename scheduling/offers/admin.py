"""Offers in the admin, for auditors."""

from django.contrib import admin

from clinic.accounts.admin_site import admin_site
from scheduling.offers.models import Offer
from scheduling.requests.admin import StateAdmin


@admin.register(Offer, site=admin_site)
class OfferAdmin(StateAdmin):
    list_display = ("id", "request", "state", "made_at", "expires_at", "extended_at", "answered_at")
    list_filter = ("state",)
    list_select_related = ("request",)
    date_hierarchy = "made_at"
