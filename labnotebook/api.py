"""Every API resource on one screen."""

from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView
from rest_framework.routers import SimpleRouter

from labnotebook.records.api.projects import ProjectViewSet
from synthesis.api.batches import BatchViewSet
from synthesis.api.materials import ChemicalViewSet, MaterialViewSet
from synthesis.api.recipes import RecipeViewSet

router = SimpleRouter()
router.register("projects", ProjectViewSet, basename="project")
router.register("chemicals", ChemicalViewSet, basename="chemical")
router.register("lots", MaterialViewSet, basename="lot")
router.register("recipes", RecipeViewSet, basename="recipe")
router.register("batches", BatchViewSet, basename="batch")

urlpatterns = [
    path("", include(router.urls)),
    path("schema/", SpectacularAPIView.as_view(), name="schema"),
]
