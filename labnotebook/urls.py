"""Addresses."""

from django.conf import settings
from django.urls import include, path

from labnotebook import views
from labnotebook.handbook.views import help_index, help_page
from labnotebook.health import healthz

urlpatterns = [
    path("", views.today, name="today"),
    path("search/", views.search, name="search"),
    path("help/", help_index, name="help"),
    path("help/<slug:section>/<slug:slug>/", help_page, name="help-page"),
    path("q/<str:code>/", views.follow_code, name="qr"),
    path("healthz", healthz, name="healthz"),
    path("api/v1/", include("labnotebook.api")),
    path("accounts/", include("labnotebook.account_urls")),
    path("", include("labnotebook.records.urls")),
    path("", include("labnotebook.people.urls")),
    path("", include("labnotebook.talk.urls")),
    path("", include("labnotebook.webhooks.urls")),
    path("", include("analysis.urls")),  # first: b/compare/ is no batch called compare
    path("", include("devices.urls")),
    path("", include("synthesis.urls")),
]
if settings.DEBUG:
    urlpatterns.append(path("gallery/", views.gallery))

handler404 = "labnotebook.views.not_found"
handler500 = "labnotebook.views.server_error"
handler400 = "labnotebook.views.bad_request"
