"""The model card: what the forecast rests on, what in it is guessed, what it cannot do."""

from __future__ import annotations

from typing import Any

from analysis.forecast.appearance import trust
from analysis.forecast.evidence import FAR, MOST_DOUBT
from analysis.forecast.model import LABEL_NOISE, PHASES, PRIORS
from analysis.forecast.paper import PAPER_ROWS, SOURCE
from analysis.forecast.predict import FLOOR
from analysis.forecast.result import INTERVAL_PERCENT, MODEL_NAME, MODEL_VERSION

_EVIDENCED_INPUTS = ("ratio_ca_pb", "seed", "purification_cycles")
_GUESSED_INPUTS = (
    "injection_temperature_c",
    "reaction_seconds",
    "cs_to_pb",
    "oa_to_pb",
    "ola_to_pb",
    "humidity_percent",
)
_LIMITS = (
    "No public batches labelled α or γ against the calcium feed exist, so this forecast has never "
    "been tested against flasks it had not seen. Its behaviour was checked on simulated labs only.",
    "The paper measured no R between 0.25 and 0.5, and R = 0.25 itself is only implied to be α.",
    "The paper's text puts the threshold at “around 0.5” and at “more than 0.5”.",
    "At R = 0.5 the flask holds I:Pb = 3: more iodide and more calcium cannot be told apart.",
    "β is not forecast: only XRD evidence can call for it.",
    "Seed and shell follow by rule from the phase; Ca 2p XPS, EDS or HRTEM must confirm them.",
    "The scale of the batch is not used, though mixing and quenching change with it.",
    "Your own batches are not used by this version.",
)


def model_card() -> dict[str, Any]:
    """Return the facts about the model, JSON-ready, for a page that explains it."""
    return {
        "name": MODEL_NAME,
        "version": MODEL_VERSION,
        "interval_percent": INTERVAL_PERCENT,
        "phases": list(PHASES),
        "summary": (
            "A competing-risk and ordered-logit model with priors centred on the paper, updated "
            "with the paper's six rows. No batch of any lab is in it."
        ),
        "source": SOURCE,
        "evidence": [
            {
                "ratio_ca_pb": row.conditions.ratio_ca_pb,
                "seed": row.conditions.seed,
                "purification_cycles": row.conditions.purification_cycles,
                "phase": row.phase,
                "known": row.known,
                "sentence": row.sentence,
            }
            for row in PAPER_ROWS
        ],
        "inputs_with_evidence": list(_EVIDENCED_INPUTS),
        "inputs_integrated_over": ["ratio_ca_pb_u"],
        "inputs_guessed": list(_GUESSED_INPUTS),
        "inputs_not_used": ["lead_mmol"],
        "priors": [
            {
                "name": prior.name,
                "mean": prior.mean,
                "sd": prior.sd,
                "basis": prior.basis,
                "meaning": prior.meaning,
            }
            for prior in PRIORS
        ],
        "label_noise": LABEL_NOISE,
        "floor": FLOOR,
        "far_distance": FAR,
        "most_spread_when_far": MOST_DOUBT,
        "trust_in_appearance": trust(),
        "limits": list(_LIMITS),
    }
