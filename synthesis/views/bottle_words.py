"""What a bottle holds, in the few words that a label or a sheet has room for."""

from __future__ import annotations

from django.utils.translation import gettext as _

from labnotebook.records.presentation.numbers import plain_number
from labnotebook.records.services.facts import written
from synthesis.models import Material


def strength_of(material: Material) -> str:
    """Return how strong a bottle's content is, as it is written on the bottle: a titre, else an assay.

    Empty when nobody said.
    """
    said = material.origin
    if said.concentration_mol_l is not None:
        titre = written(said.concentration_mol_l, said.concentration_uncertainty_mol_l, "mol/L")
        return f"{said.concentration_species} {titre}".strip()
    if said.assay_percent is None:
        return ""
    low, high = said.assay_percent.normalize(), said.assay_high_percent
    if high is not None:
        return f"{plain_number(low)}–{plain_number(high.normalize())} %"
    return written(low, said.assay_uncertainty_percent, "%")


def hazards_of(material: Material) -> str:
    """Return what its chemical warns of, in words where there are some, else by the H codes of the GHS."""
    chemical = material.origin.chemical
    if chemical is None:
        return ""
    return chemical.hazards or ", ".join(map(str, chemical.hazard_statements))


def came_from(material: Material) -> str:
    """Return where a bottle's content comes from: a lot, a batch, or another bottle."""
    if material.aliquot_of is not None:
        return _("aliquot of %(code)s") % {"code": material.aliquot_of.code}
    if material.produced_by is not None:
        return _("made in %(code)s") % {"code": material.produced_by.code}
    if material.lot_number:
        return f"{material.supplier} {_('lot')} {material.lot_number}".strip()
    return material.supplier
