"""The devices room with the addresses that its pages link to, until the wiring names them all."""

from django.http import HttpResponse
from django.urls import include, path
from rest_framework.routers import SimpleRouter

from devices.api import ArchitectureViewSet, DeviceViewSet, PixelViewSet


def stub(request, **kwargs):
    return HttpResponse("")


router = SimpleRouter()
router.register("devices", DeviceViewSet)
router.register("architectures", ArchitectureViewSet)
router.register("pixels", PixelViewSet)

synthesis = [
    path("recipes/", stub, name="recipe-list"),
    path("plan/", stub, name="plan"),
    path("b/", stub, name="batch-list"),
    path("b/<slug:code>/", stub, name="batch-detail"),
    path("lots/", stub, name="material-list"),
]
analysis = [
    path("history/", stub, name="history"),
    path("forecast/", stub, name="forecast"),
    path("d/<slug:code>/measurements/", stub, name="device-measurements"),
    path("d/<slug:code>/p/<str:label>/files/", stub, name="pixel-files"),
]
records = [path("projects/", stub, name="project-list"), path("tokens/", stub, name="token-list")]
urlpatterns = [
    path("", stub, name="today"),
    path("search/", stub, name="search"),
    path("api/v1/", include(router.urls)),
    path("accounts/", include("allauth.account.urls")),
    path("", include("devices.urls")),
    path("", include((synthesis, "synthesis"))),
    path("", include((analysis, "analysis"))),
    path("", include((records, "records"))),
]
