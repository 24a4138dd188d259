"""Addresses of what people say about the records."""

from django.urls import path

from labnotebook.talk.views import comments, notices, panel, tasks

app_name = "talk"
urlpatterns = [
    path("b/<str:code>/talk/", panel.of_batch, name="batch"),
    path("d/<str:code>/talk/", panel.of_device, name="device"),
    path("m/<int:pk>/talk/", panel.of_measurement, name="measurement"),
    path("comments/<int:pk>/withdraw/", comments.withdraw, name="comment-withdraw"),
    path("tasks/<int:pk>/end/", tasks.end, name="task-end"),
    path("notices/", notices.notice_list, name="notice-list"),
    path("notices/<int:pk>/read/", notices.notice_read, name="notice-read"),
]
