"""The conditions of a planned flask, as the forecast looks at them, taken from its frozen plan."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from synthesis.models import Batch

OLEIC_ACID, OLEYLAMINE = "C18H34O2", "C18H37N"


def batch_conditions(batch: Batch) -> dict[str, Any] | None:
    """Return the conditions that the batch's plan sets; None when it has no ratio of Ca to Pb."""
    return plan_conditions(batch.plan or {}, ratio=batch.ratio_ca_pb, lead_mmol=batch.lead_mmol)


def plan_conditions(
    plan: Mapping[str, Any], *, ratio: Decimal | None, lead_mmol: Decimal | None
) -> dict[str, Any] | None:
    """Return the conditions that a plan for these targets sets; None without a ratio of Ca to Pb.

    What the plan does not say is left out: the forecast then takes the paper's value. The uncertainty that assay,
    water and balance leave on R goes with it.
    """
    expected = _value(plan, "ratio_ca_pb_effective", "ratio_ca_pb")
    if expected is None and ratio is not None:
        expected = float(ratio)
    if expected is None:
        return None
    lead = None if lead_mmol is None else float(lead_mmol)
    found = {
        "ratio_ca_pb": expected,
        "ratio_ca_pb_u": _uncertainty(plan),
        "injection_temperature_c": _injection_temperature_c(_steps(plan)),
        "seed": _seed(plan),
        "purification_cycles": _washes(plan),
        "reaction_seconds": _parameter(_steps(plan, "react"), "duration_s"),
        "cs_to_pb": _value(plan, "ratio_cs_pb"),  # the model counts volumes at room temperature
        "oa_to_pb": _ligand_to_lead(plan, OLEIC_ACID, lead),
        "ola_to_pb": _ligand_to_lead(plan, OLEYLAMINE, lead),
        "lead_mmol": lead,
    }
    return {name: value for name, value in found.items() if value is not None}


def _value(plan: Mapping[str, Any], *names: str) -> float | None:
    composition = plan.get("composition") or {}
    for name in names:
        value = (composition.get(name) or {}).get("value")
        if value is not None:
            return float(value)
    return None


def _uncertainty(plan: Mapping[str, Any]) -> float | None:
    """Return the standard uncertainty of R in the flask, None where the plan says none."""
    composition = plan.get("composition") or {}
    for name in ("ratio_ca_pb_effective", "ratio_ca_pb"):
        if (composition.get(name) or {}).get("value") is not None:
            return composition[name].get("uncertainty")
    return None


def _steps(plan: Mapping[str, Any], operation: str = "") -> list[Mapping[str, Any]]:
    steps = plan.get("steps") or []
    return [step for step in steps if not operation or step.get("operation") == operation]


def _parameter(steps: Iterable[Mapping[str, Any]], name: str) -> float | None:
    """Return the parameter of the last step that has it."""
    values = [s["parameters"][name] for s in steps if (s.get("parameters") or {}).get(name)]
    return float(values[-1]) if values else None


def _injection_temperature_c(steps: list[Mapping[str, Any]]) -> float | None:
    """Return the temperature of the last injection, which is the caesium's; of the last heating else."""
    injected = _parameter((s for s in steps if s.get("operation") == "inject"), "temperature_c")
    if injected is not None:
        return injected
    return _parameter((s for s in steps if s.get("operation") == "heat"), "temperature_c")


def _reagents(plan: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return list(plan.get("reagents") or [])


def _seed(plan: Mapping[str, Any]) -> str | None:
    """Return PbS when the recipe brings such seeds; calcium makes its own."""
    for line in _reagents(plan):
        said = f"{line.get('formula') or ''} {line.get('name') or ''}".split()
        if "seed" in str(line.get("role", "")).lower() and "PbS" in said:
            return "PbS"
    return None


def _washes(plan: Mapping[str, Any]) -> int | None:
    """Return how many washes the plan asks for; else count the steps in which antisolvent is added."""
    asked = (plan.get("targets") or {}).get("purification_cycles")
    if asked is not None:
        return int(Decimal(str(asked)))
    return len(wash_steps(plan)) or None


def wash_steps(plan: Mapping[str, Any]) -> dict[str, set[str]]:
    """Return the steps that add an antisolvent, each with which, by their keys."""
    antisolvents = keys_of_role(plan, "antisolvent")
    found = {
        str(step.get("key")): antisolvents
        & {str(take.get("key")) for take in step.get("ingredients") or []}
        for step in _steps(plan)
    }
    return {key: used for key, used in found.items() if used}


def keys_of_role(plan: Mapping[str, Any], role: str) -> set[str]:
    """Return the keys of the reagents that have this role."""
    return {str(line.get("key")) for line in _reagents(plan) if line.get("role") == role}


def _ligand_to_lead(plan: Mapping[str, Any], formula: str, lead: float | None) -> float | None:
    amounts = [_amount_mmol(line) for line in _reagents(plan) if line.get("formula") == formula]
    if None in amounts or not amounts or not lead:
        return None
    return sum(amount for amount in amounts if amount) / lead


def _amount_mmol(line: Mapping[str, Any]) -> float | None:
    """Return the amount; the middle of its range where the bottle only bounds the purity."""
    if line.get("amount_mmol") is not None:
        return float(line["amount_mmol"])
    bounds = line.get("amount_mmol_range")
    return sum(bounds) / 2 if bounds else None
