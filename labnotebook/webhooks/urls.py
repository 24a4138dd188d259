"""Addresses of webhooks."""

from django.urls import path

from labnotebook.webhooks.views import webhooks

app_name = "webhooks"
urlpatterns = [
    path("projects/<slug:slug>/webhooks/", webhooks.webhook_list, name="webhook-list"),
    path("webhooks/<int:pk>/", webhooks.webhook_detail, name="webhook-detail"),
]
