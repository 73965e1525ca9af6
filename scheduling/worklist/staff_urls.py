"""Staff: the worklist, the request, its review, and alerts."""

from django.urls import path

from scheduling.worklist import (
    alert_views,
    file_views,
    list_urls,
    merge_views,
    phone_views,
    proxy_views,
    records_views,
    request_views,
    review_views,
    task_views,
)

app_name = "worklist"

urlpatterns = [
    *list_urls.urlpatterns,
    path("requests/<str:reference>/", request_views.overview, name="request"),
    path("requests/<str:reference>/answers/", request_views.answers, name="answers"),
    path("requests/<str:reference>/timeline/", request_views.timeline, name="timeline"),
    path("quiet/requests/<str:reference>/", request_views.changed, name="changed"),
    path("requests/<str:reference>/note/", request_views.note, name="note"),
    path("requests/<str:reference>/take/", request_views.take, name="take"),
    path("requests/<str:reference>/hand-back/", request_views.hand_back_request, name="hand-back"),
    path("requests/<str:reference>/call/", request_views.contact, name="call"),
    path("requests/<str:reference>/triage/", review_views.triage, name="triage"),
    path("requests/<str:reference>/files/add/", file_views.add, name="file-add"),
    path("requests/<str:reference>/files/<uuid:upload_id>/", file_views.download, name="file"),
    path("requests/<str:reference>/files/<uuid:upload_id>/remove/", file_views.remove, name="file-remove"),
    path("requests/<str:reference>/records/", records_views.records, name="records"),
    path("requests/<str:reference>/records/add/", records_views.record_add, name="record-add"),
    path("requests/<str:reference>/records/<int:item_id>/", records_views.record, name="record"),
    path("requests/<str:reference>/caregivers/<int:proxy_id>/", proxy_views.proxy, name="proxy"),
    path("phone-entry/", phone_views.phone_entry, name="phone-entry"),
    path("phone-entry/leave/", phone_views.leave, name="phone-leave"),
    path("tasks/", task_views.tasks, name="tasks"),
    path("tasks/<int:task_id>/", task_views.task, name="task"),
    path("tasks/<int:task_id>/close/", task_views.close, name="task-close"),
    path("tasks/<int:task_id>/merge/", merge_views.merge, name="task-merge"),
    path("merges/<int:merge_id>/", merge_views.merged, name="merged"),
    path("alerts/", alert_views.alerts, name="alerts"),
    path("alerts/<uuid:alert_id>/", alert_views.alert_page, name="alert"),
    path("alerts/<uuid:alert_id>/acknowledge/", alert_views.acknowledge, name="acknowledge"),
    path("alerts/<uuid:alert_id>/contact/", alert_views.contact, name="contact"),
    path("alerts/<uuid:alert_id>/further/", alert_views.further, name="further"),
]
