"""Every API resource on one screen."""

from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView
from rest_framework.routers import SimpleRouter

from analysis.api.analyses import AnalysisViewSet
from analysis.api.batches import BatchStoryViewSet
from analysis.api.boards import BoardViewSet, SavedQuestionViewSet
from analysis.api.device_statistics import DeviceStatisticsView
from analysis.api.explore import ExploreView
from analysis.api.files import FileViewSet
from analysis.api.forecasts import ForecastViewSet
from analysis.api.guesses import GuessViewSet
from analysis.api.history import HistoryFileView, HistoryView
from analysis.api.inbox import InboxViewSet
from analysis.api.label_sources import LabelSourceViewSet
from analysis.api.measurement_files import MeasurementFileView
from analysis.api.measurements import MeasurementViewSet
from analysis.api.measuring_instruments import MeasuringInstrumentViewSet
from analysis.api.models import ModelViewSet
from analysis.api.outcomes import OutcomeViewSet
from analysis.api.phases import PhaseViewSet
from analysis.api.projects import ReanalysedProjectViewSet
from analysis.api.quantities import QuantityViewSet, TechniqueViewSet
from analysis.api.structures import StructureEvidenceViewSet
from analysis.api.suggestions import SuggestionViewSet
from analysis.api.summed import (
    HistoryGroupsFileView,
    HistoryGroupsView,
    HistoryPivotFileView,
    HistoryPivotView,
)
from analysis.api.suspects import SuspectsView
from analysis.exports.forms import FORMS
from analysis.views.signed_records import SignedRecordView
from devices.api import (
    ArchitectureViewSet,
    DeviceViewSet,
    LotLineageViewSet,
    PixelViewSet,
    RunViewSet,
)
from labnotebook.api_docs import api_docs
from labnotebook.people.api import PersonViewSet
from labnotebook.people.my_data import MyDataView
from labnotebook.people.security_api import SecurityEventViewSet
from labnotebook.records.api.changed import kinds_of
from labnotebook.records.api.changes import ChangesView
from labnotebook.records.api.me import MeView
from labnotebook.records.api.schema import load_extensions
from labnotebook.talk.api.comments import CommentViewSet
from labnotebook.talk.api.notices import NoticeViewSet
from labnotebook.talk.api.tasks import TaskViewSet
from labnotebook.webhooks.api import WebhookViewSet
from synthesis.api.chemicals import ChemicalViewSet
from synthesis.api.conditions import ConditionsView
from synthesis.api.instruments import InstrumentViewSet
from synthesis.api.operations import OperationViewSet
from synthesis.api.recipes import RecipeViewSet

load_extensions()


router = SimpleRouter()
router.register("projects", ReanalysedProjectViewSet, basename="project")
router.register("people", PersonViewSet, basename="person")
router.register("security-events", SecurityEventViewSet, basename="security-event")
router.register("chemicals", ChemicalViewSet, basename="chemical")
router.register("lots", LotLineageViewSet, basename="lot")
router.register("instruments", InstrumentViewSet, basename="instrument")
router.register("recipes", RecipeViewSet, basename="recipe")
router.register("operations", OperationViewSet, basename="operation")
router.register("batches", BatchStoryViewSet, basename="batch")
router.register("architectures", ArchitectureViewSet, basename="architecture")
router.register("runs", RunViewSet, basename="run")
router.register("devices", DeviceViewSet, basename="device")
router.register("pixels", PixelViewSet, basename="pixel")
router.register("measurements", MeasurementViewSet, basename="measurement")
router.register(
    "measuring-instruments", MeasuringInstrumentViewSet, basename="measuring-instrument"
)
router.register("analyses", AnalysisViewSet, basename="analysis")
router.register("quantities", QuantityViewSet, basename="quantity")
router.register("techniques", TechniqueViewSet, basename="technique")
router.register("outcomes", OutcomeViewSet, basename="outcome")
router.register("phases", PhaseViewSet, basename="phase")
router.register("structure-evidence", StructureEvidenceViewSet, basename="structure-evidence")
router.register("forecasts", ForecastViewSet, basename="forecast")
router.register("models", ModelViewSet, basename="model")
router.register("label-sources", LabelSourceViewSet, basename="label-source")
router.register("guesses", GuessViewSet, basename="guess")
router.register("suggestions", SuggestionViewSet, basename="suggestion")
router.register("questions", SavedQuestionViewSet, basename="question")
router.register("boards", BoardViewSet, basename="board")
router.register("files", FileViewSet, basename="file")
router.register("comments", CommentViewSet, basename="comment")
router.register("tasks", TaskViewSet, basename="task")
router.register("notices", NoticeViewSet, basename="notice")
router.register("webhooks", WebhookViewSet, basename="webhook")
router.register("inbox", InboxViewSet, basename="inbox")

kinds = kinds_of(router)

urlpatterns = [
    path("", include(router.urls)),
    path("me/", MeView.as_view(), name="me-api"),
    path("me/data/", MyDataView.as_view(kinds=kinds), name="me-data"),
    path("changes/", ChangesView.as_view(kinds=kinds), name="changes-api"),
    path("suspects/", SuspectsView.as_view(), name="suspects-api"),
    path("device-statistics/", DeviceStatisticsView.as_view(), name="device-statistics-api"),
    path(
        "batches/<str:code>/record.eln/", SignedRecordView.as_view(), name="batch-signed-record-api"
    ),
    path("conditions/", ConditionsView.as_view(), name="conditions-api"),
    path("explore/", ExploreView.as_view(), name="explore-api"),
    path("history/", HistoryView.as_view(), name="history-api"),
    path("history/groups/", HistoryGroupsView.as_view(), name="history-groups-api"),
    path("history/groups.csv", HistoryGroupsFileView.as_view(), name="history-groups-csv-api"),
    path("history/pivot/", HistoryPivotView.as_view(), name="history-pivot-api"),
    path("history/pivot.csv", HistoryPivotFileView.as_view(), name="history-pivot-csv-api"),
    *(
        path(f"history.{form}", HistoryFileView.as_view(form=form), name=f"history-{form}-api")
        for form in FORMS
    ),
    *(
        path(
            f"measurements.{form}",
            MeasurementFileView.as_view(form=form),
            name=f"measurements-{form}-api",
        )
        for form in FORMS
    ),
    path("docs/", api_docs, name="api-docs"),
    path("schema/", SpectacularAPIView.as_view(), name="schema"),
]
