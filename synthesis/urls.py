"""Addresses of planning and making."""

from django.urls import path

from synthesis.views import (
    batches,
    bench,
    chemicals,
    corrections,
    instruments,
    materials,
    movements,
    planner,
    recipe_acts,
    recipe_editor,
    recipes,
)

app_name = "synthesis"
urlpatterns = [
    path("recipes/", recipes.recipe_list, name="recipe-list"),
    path("recipes/new/", recipe_acts.recipe_new, name="recipe-new"),
    path("recipes/<slug:slug>/", recipes.recipe_detail, name="recipe-detail"),
    path("recipes/<slug:slug>/edit/", recipe_editor.recipe_edit, name="recipe-edit"),
    path("recipes/<slug:slug>/fork/", recipe_acts.recipe_fork, name="recipe-fork"),
    path("recipes/<slug:slug>/state/", recipe_acts.recipe_state, name="recipe-state"),
    path("recipes/<slug:slug>/changes/", recipe_acts.recipe_compare, name="recipe-compare"),
    path("recipes/<slug:slug>/file/<slug:form>/", recipe_acts.recipe_file, name="recipe-file"),
    path("plan/", planner.plan, name="plan"),
    path("b/", batches.batch_list, name="batch-list"),
    path("b/<str:code>/", batches.batch_detail, name="batch-detail"),
    path("b/<str:code>/state/", batches.batch_state, name="batch-state"),
    path("b/<str:code>/bench/", bench.bench, name="bench"),
    path("b/<str:code>/events/", bench.batch_events, name="batch-events"),
    path("b/<str:code>/stock/", materials.batch_stock, name="batch-stock"),
    path("b/<str:code>/history/", batches.batch_history, name="batch-history"),
    path("b/<str:code>/label/", batches.batch_label, name="batch-label"),
    path("b/<str:code>/corrections/", corrections.batch_corrections, name="batch-corrections"),
    path("lots/", materials.material_list, name="material-list"),
    path("lots/new/", materials.material_new, name="material-new"),
    path("lots/<str:code>/", materials.material_detail, name="material-detail"),
    path("lots/<str:code>/correct/", materials.material_correct, name="material-correct"),
    path("lots/<str:code>/label/", movements.material_label, name="material-label"),
    path("lots/<str:code>/move/", movements.material_move, name="material-move"),
    path("instruments/", instruments.instrument_list, name="instrument-list"),
    path("instruments/new/", instruments.instrument_new, name="instrument-new"),
    path("instruments/<str:code>/", instruments.instrument_detail, name="instrument-detail"),
    path(
        "instruments/<str:code>/correct/",
        instruments.instrument_correct,
        name="instrument-correct",
    ),
    path("chemicals/", chemicals.chemical_list, name="chemical-list"),
    path("chemicals/new/", chemicals.chemical_new, name="chemical-new"),
    path("chemicals/<slug:slug>/", chemicals.chemical_detail, name="chemical-detail"),
    path("chemicals/<slug:slug>/correct/", chemicals.chemical_correct, name="chemical-correct"),
]
