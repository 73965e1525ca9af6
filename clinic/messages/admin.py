"""The outbox in the admin: what went out and what did not, without addresses and links."""

from django.contrib import admin

from clinic.accounts.admin_site import ReadOnlyAdmin, admin_site
from clinic.messages.models import Message


@admin.register(Message, site=admin_site)
class MessageAdmin(ReadOnlyAdmin):
    list_display = ("created_at", "template", "channel", "state", "attempts", "sent_at")
    list_filter = ("state", "channel", "template")
    fields = ("template", "channel", "language", "state", "attempts", "created_at", "sent_at")
