"""Addresses."""

from django.urls import include, path

urlpatterns = [
    path("api/v1/", include("labnotebook.api")),
    path("accounts/", include("allauth.account.urls")),
]
