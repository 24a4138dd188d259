"""A logged deposition says how thick its layer is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from analysis.models import Analysis
from devices.models import Layer
from devices.services.layers import edit_layer
from labnotebook.records.refusals import WrongState

THICKNESS = "deposited_nm"


def says_a_thickness(analysis: Analysis | None) -> bool:
    """Say whether the figures of a run hold the thickness of a film."""
    return _thickness(analysis) is not None


def _thickness(analysis: Analysis | None) -> dict[str, Any] | None:
    figures = ((analysis.result if analysis else None) or {}).get("figures") or ()
    return next((one for one in figures if one["quantity"] == THICKNESS and one["value"]), None)


def give_thickness(
    *, by: Any, layer: Layer, analysis: Analysis, quantities: Sequence[str] | None
) -> None:
    """Make the deposited thickness the measured one of its layer, by quartz crystal, with its standard uncertainty.

    The other figures of the log stay with it. Raises `WrongState` where the run says no thickness, others are asked
    for, or the layer was measured in another way: a crystal beside it knows less than a step on the film itself.
    """
    others = [name for name in quantities or () if name != THICKNESS]
    figure = _thickness(analysis)
    if figure is None or others:
        raise WrongState(
            f"Of a layer, {THICKNESS} of a deposition log is accepted, as its thickness. Other numbers stay with"
            " their file, to be read here."
        )
    standing = Layer.objects.select_for_update(no_key=True).get(pk=layer.pk)
    if standing.thickness_method not in ("", Layer.Method.QCM):
        raise WrongState(
            f"{layer} is {standing.thickness_measured_nm:f} nm by {standing.get_thickness_method_display().lower()}."
            " Take that back on the page of the layer first, if what the crystal counted is to stand."
        )
    edit_layer(
        by=by,
        layer=standing,
        version=None,
        reason=f"thickness from {analysis.measurement.file.name}, analysis v{analysis.number}",
        thickness_measured_nm=_written(figure["value"]),
        thickness_uncertainty_nm=_written(figure["uncertainty"]),
        thickness_method=Layer.Method.QCM,
    )


def take_thickness_back(*, by: Any, layer: Layer, analysis: Analysis, reason: str) -> None:
    """Forget the thickness that an accepted run gave its layer, unless somebody has written another since."""
    figure = _thickness(analysis)
    if analysis.accepted_at is None or figure is None:
        return
    current = Layer.objects.get(pk=layer.pk)
    given = (current.thickness_method, str(current.thickness_measured_nm))
    if given == (Layer.Method.QCM, _written(figure["value"])):
        edit_layer(by=by, layer=layer, version=None, reason=reason, thickness_measured_nm="")


def _written(value: float | None) -> str:
    """Return nm as a layer keeps them."""
    return "" if value is None else f"{value:.3f}"
