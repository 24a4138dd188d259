"""Addresses of projects and tokens."""

from django.urls import path

from labnotebook.records.views import projects, tokens

app_name = "records"
urlpatterns = [
    path("projects/", projects.project_list, name="project-list"),
    path("projects/<slug:slug>/", projects.project_detail, name="project-detail"),
    path("tokens/", tokens.token_list, name="token-list"),
]
