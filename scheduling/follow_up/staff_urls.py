"""Addresses of the plan, the letters and the follow-up calls, below /staff/."""

from django.urls import path

from scheduling.follow_up import call_staff_views, letter_staff_views, plan_staff_views

app_name = "staff-follow-up"

OF_REQUEST = "requests/<str:reference>"
OF_ITEM = f"{OF_REQUEST}/plan/<uuid:item_id>"
OF_LETTER = f"{OF_REQUEST}/letters/<uuid:letter_id>"
urlpatterns = [
    path(f"{OF_REQUEST}/plan/", plan_staff_views.plan, name="plan"),
    path(f"{OF_REQUEST}/plan/print/", plan_staff_views.plan_print, name="plan-print"),
    path(f"{OF_REQUEST}/plan/add/", plan_staff_views.item_add, name="item-add"),
    path(f"{OF_ITEM}/", plan_staff_views.item, name="item"),
    path(f"{OF_ITEM}/close/", plan_staff_views.item_close, name="item-close"),
    path(f"{OF_ITEM}/reopen/", plan_staff_views.item_reopen, name="item-reopen"),
    path(f"{OF_REQUEST}/hospital/add/", plan_staff_views.event_add, name="event-add"),
    path(f"{OF_REQUEST}/letters/add/", letter_staff_views.letter_add, name="letter-add"),
    path(f"{OF_LETTER}/", letter_staff_views.letter, name="letter"),
    path(f"{OF_LETTER}/send/", letter_staff_views.letter_send, name="letter-send"),
    path(f"{OF_LETTER}/correct/", letter_staff_views.letter_correct, name="letter-correct"),
    path(f"{OF_LETTER}/discard/", letter_staff_views.letter_discard, name="letter-discard"),
    path(f"{OF_LETTER}/take-up/", letter_staff_views.letter_take_up, name="letter-take-up"),
    path(f"{OF_LETTER}/print/", letter_staff_views.letter_print, name="letter-print"),
    path("plans/", plan_staff_views.plans, name="plans"),
    path("calls/", call_staff_views.calls, name="calls"),
    path("calls/<uuid:call_id>/", call_staff_views.call, name="call"),
    path("calls/<uuid:call_id>/close/", call_staff_views.call_close, name="call-close"),
    path("calls/<uuid:call_id>/task/", call_staff_views.call_task, name="call-task"),
]
