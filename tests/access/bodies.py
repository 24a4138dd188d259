"""What is sent to each address that changes something, so that only the role decides."""

import uuid
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from devices.models import Device
from tests.factories import NANOCRYSTALS, PASSWORD

QUANTITY = {
    "name": "zeta_potential_mv",
    "unit": "mV",
    "label": "Zeta potential",
    "low": -200,
    "high": 200,
    "subjects": ["batch"],
    "better": "neither",
}
WEBHOOK = {"address": "https://hooks.example.org/two", "events": ["batch made"]}
PLAN = {"recipe": NANOCRYSTALS, "ratio_ca_pb": "0.5", "lead_mmol": "0.376"}


def spectrum() -> SimpleUploadedFile:
    return SimpleUploadedFile("pl.csv", b"wavelength_nm,counts\n680,1\n686,9\n690,2\n")


def page_body(route: str, lab: dict[str, Any]) -> dict[str, Any]:
    """Return the form of a page."""
    device = Device.objects.get(code=lab["device"])
    forms = {
        "records:project-list": {"name": "Another"},
        "records:project-detail": {"add": "", "username": "stefan", "role": "viewer"},
        "records:token-list": {"name": "script", "scope": "read", "days": "30"},
        "people:me": {"first_name": "Olga"},
        "people:person-list": {"project": lab["project"], "role": "viewer"},
        "people:person-detail": {"do": "password"},
        "people:link": {"username": "nina", "password": PASSWORD, "again": PASSWORD},
        "synthesis:plan": PLAN,
        "synthesis:recipe-new": {"name": "A new one", "kind": "nanocrystals"},
        "synthesis:recipe-edit": {"name": "Ours", "kind": "nanocrystals", "do": "overwrite"},
        "synthesis:recipe-fork": {"name": "Mine"},
        "synthesis:recipe-state": {"do": "retire", "reason": "replaced"},
        "synthesis:batch-corrections": {"reason": "certificate"},
        "synthesis:batch-state": {"do": "abandon", "reason": "spilled"},
        "synthesis:batch-events": {"id": str(uuid.uuid4()), "kind": "note", "value": "seen"},
        "synthesis:bench-at": {"usual-empty": "Not looked at"},
        "synthesis:batch-stock": {"concentration_mol_l": "0.1"},
        "synthesis:chemical-new": {"name": "Strontium iodide", "formula": "SrI2"},
        "synthesis:chemical-correct": {"name": "Salt", "formula": "CaI2", "reason": "seen"},
        "webhooks:webhook-list": WEBHOOK,
        "webhooks:webhook-detail": {"do": "renew"},
        "talk:comment-withdraw": {"reason": "wrong flask"},
        "analysis:try-next": {"seal": lab["seal"]},
        "analysis:measuring-new": {"name": "FluoroMax", "techniques": ["pl"]},
        "analysis:measuring-detail": {
            "scale": "wavelength_nm",
            "u": "0.2",
            "valid_from_date": "2026-02-03",
        },
        "analysis:measuring-correct": {
            "name": "FluoroMax",
            "techniques": ["pl"],
            "reason": "seen",
        },
        "synthesis:instrument-new": {"name": "P1000", "resolution": "1 mg", "uncertainty": "1 mg"},
        "synthesis:instrument-correct": {
            "name": "XPR205",
            "resolution": "1 mg",
            "uncertainty": "1 mg",
            "reason": "certificate",
        },
        "synthesis:material-attach": {"file": certificate(), "kind": "certificate"},
        "synthesis:material-withdraw": {"reason": "another bottle's"},
        "synthesis:material-titrate": {"concentration": "0.15", "performed_date": "2026-05-02"},
        "synthesis:titration-withdraw": {"reason": "air"},
        "synthesis:material-new": {"chemical": lab["chemical"], "assay_kind": "unknown"},
        "synthesis:material-correct": {
            "note": "opened",
            "reason": "seen",
            "assay_kind": "unknown",
            "amount_received": "5 g",
        },
        "synthesis:material-move": {"what": "archive", "reason": "used up"},
        "devices:run-new": {
            "architecture": "fret",
            "count": "2",
            "pixel_count": "4",
            "batch": lab["batch"],
        },
        "devices:run-sources": {"source-ncs-1": lab["batch"]},
        "devices:run-substrates": {"made_as": "1"},
        "devices:device-new": {
            "architecture": "fret",
            "batch": lab["batch"],
            "pixel_count": "4",
        },
        "devices:device-archive": {"reason": "broken", "version": device.version},
        "devices:device-edit": {"name": "new", "note": "", "version": device.version},
        "devices:pixel-new": {"label": "P9", "area_mm2": "4"},
        "devices:pixel-state": {
            "state": "shorted",
            "version": device.pixels.get(label="P1").version,
        },
        "devices:layer-edit": {
            "thickness_measured_nm": "30",
            "version": device.layers.get(index=1).version,
        },
        "analysis:measurement-accept": {"analysis": lab["analysis"]},
        "analysis:measurement-reject": {"analysis": lab["analysis"], "reason": "noise"},
        "analysis:measurement-when": {"measured_on": "2026-01-02"},
        "analysis:history-save": {"name": "Columns of the week"},
        "analysis:quantity-list": QUANTITY,
        "analysis:inbox": {"files": spectrum(), "project": lab["project"], "sure": "on"},
        "analysis:inbox-assign": {"of": lab["batch"], "technique": "pl", "sure": "on"},
        "analysis:inbox-put-aside": {"reason": "a test of the lamp"},
        "analysis:batch-number": {"quantity": "plqy_percent", "value": "97"},
        "analysis:batch-guess": {"phase": "gamma", "chance": "0.8"},
        "analysis:explore-save": {"name": "Which R gives the best PLQY?"},
        "analysis:label-sources": {
            "source": lab["other_project"],
            "reason": "the same glovebox",
        },
        "analysis:label-source-end": {"reason": "another glovebox"},
        "analysis:board-list": {"name": "Group meeting"},
        "analysis:board-change": {"do": "end"},
        "analysis:model-pin": {"do": "pin", "reason": "two labels were mixed up"},
        "analysis:batch-phase": {"phase": "alpha", "evidence": "hrtem", "reason": "seen"},
        "analysis:batch-structure": {
            "part": "seed",
            "verdict": "confirms",
            "measurement": lab["micrograph"],
            "note": "a core of other fringes",
        },
        "analysis:batch-structure-withdraw": {"reason": "another grid"},
    }
    if route in ("talk:batch", "talk:device", "talk:measurement"):
        return {"text": "Measured twice."}
    if route == "synthesis:material-import":
        return {"file": shelf(lab)}
    if route.endswith("-files"):
        return {"files": spectrum(), "file": spectrum(), "technique": "pl", "sure": "on"}
    return forms.get(route, {})


def api_body(route: str, lab: dict[str, Any]) -> Any:
    """Return the JSON of an API call."""
    return {
        "project-list": {"name": "Another"},
        "question-list": {"project": lab["project"], "name": "By recipe", "query": "by=recipe"},
        "board-list": {"project": lab["project"], "name": "Group meeting"},
        "board-detail": {"name": "Group meeting"},
        "project-members": {"username": "stefan", "role": "viewer"},
        "recipe-list": {"project": lab["project"], "definition": {"name": "A new one"}},
        "recipe-check": {"definition": {"name": "A new one"}},
        "recipe-draft": {"definition": {"name": "Ours"}},
        "recipe-publish": {"change_note": "as tried"},
        "recipe-fork": {"name": "Mine", "project": lab["project"]},
        "recipe-retire": {"reason": "replaced"},
        "recipe-bring-back": {"reason": "needed again"},
        "recipe-share": {"shared_with_lab": False},
        "recipe-series": {"vary": {"ratio_ca_pb": [0, 0.5]}},
        "quantity-list": {"project": lab["project"], **QUANTITY},
        "operation-list": {"project": lab["project"], "name": "grind", "label": "Grind"},
        "recipe-plan": {"ratio_ca_pb": 0.5, "lead_mmol": 0.376},
        "chemical-list": {"name": "Strontium iodide", "formula": "SrI2"},
        "chemical-detail": {"note": "opened", "reason": "seen"},
        "instrument-list": {
            "kind": "balance",
            "name": "Another",
            "resolution": "1",
            "uncertainty": "1",
        },
        "instrument-detail": {"note": "moved", "reason": "seen"},
        "instrument-retire": {"reason": "sold"},
        "measuring-instrument-list": {"name": "Another", "techniques": ["pl"]},
        "measuring-instrument-detail": {"note": "moved", "reason": "seen"},
        "measuring-instrument-calibrations": {
            "scale": "wavelength_nm",
            "u": 0.2,
            "valid_from_date": "2026-02-03",
        },
        "measuring-instrument-retire": {"reason": "sold"},
        "lot-withdraw-file": {"reason": "another bottle's"},
        "lot-titrations": {"concentration": "0.15"},
        "lot-withdraw-titration": {"titration": lab["titration"], "reason": "air"},
        "lot-list": {"project": lab["project"], "chemical": lab["chemical"]},
        "lot-detail": {"note": "opened", "reason": "seen"},
        "lot-movements": {"kind": "emptied", "reason": "used up"},
        "lot-aliquots": {"amounts": ["1 mg"], "anyway": True, "reason": "to try"},
        "lot-archive": {"reason": "used up"},
        "batch-list": {**PLAN, "project": lab["project"]},
        "batch-abandon": {"reason": "spilled"},
        "batch-archive": {"reason": "old"},
        "device-archive": {"reason": "broken"},
        "batch-recompute": {"reason": "certificate"},
        "batch-sign": {"password": "correct horse battery"},
        "batch-events": [{"id": str(uuid.uuid4()), "kind": "note", "value": "seen"}],
        "conditions-api": {
            "project": lab["project"],
            "readings": [{"name": "humidity_percent", "value": "45 %"}],
        },
        "run-list": {"architecture": "fret", "substrates": 2, "project": lab["project"]},
        "run-sources": {"sources": {"ncs": lab["batch"]}},
        "run-substrates": {"made_as": "1"},
        "device-list": {"architecture": "fret", "batch": lab["batch"]},
        "device-detail": {"note": "scratched"},
        "device-layer": {"thickness_measured_nm": "30"},
        "pixel-detail": {"state": "shorted"},
        "analysis-reject": {"reason": "noise"},
        "analysis-accept-several": [],
        "outcome-list": {"batch": lab["batch"], "quantity": "plqy_percent", "value": "97"},
        "measurement-when": {"measured_on": "2026-01-02"},
        "inbox-assign": {"batch": lab["batch"], "technique": "pl", "sure": True},
        "inbox-put-aside": {"reason": "a test of the lamp"},
        "phase-list": {
            "batch": lab["batch"],
            "phase": "alpha",
            "evidence": "hrtem",
            "reason": "seen",
        },
        "structure-evidence-list": {
            "batch": lab["batch"],
            "part": "seed",
            "verdict": "confirms",
            "measurement": lab["micrograph"],
            "note": "a core of other fringes",
        },
        "structure-evidence-withdraw": {"reason": "another grid"},
        "model-pin": {"reason": "two labels were mixed up"},
        "model-unpin": {"reason": "they are mended"},
        "label-source-list": {
            "project": lab["project"],
            "source": lab["other_project"],
            "reason": "the same glovebox",
        },
        "label-source-end": {"reason": "another glovebox"},
        "suggestion-list": {"seal": lab["seal"]},
        "guess-list": {"batch": lab["batch"], "phase": "gamma"},
        "webhook-list": {"project": lab["project"], **WEBHOOK},
        "comment-list": {"batch": lab["batch"], "text": "Measured twice."},
        "task-list": {"batch": lab["batch"], "text": "Measure again.", "given_to": lab["owner"]},
        "task-drop": {"reason": "the film is gone"},
        "comment-withdraw": {"reason": "wrong flask"},
        "person-invite": {"project": lab["project"], "role": "viewer"},
        "forecast-list": {"project": lab["project"], "ratio_ca_pb": 0.5},
    }.get(route, {})


def shelf(lab: dict[str, Any]) -> SimpleUploadedFile:
    return SimpleUploadedFile("shelf.csv", f"chemical,amount\n{lab['chemical']},5 g\n".encode())


def certificate() -> SimpleUploadedFile:
    return SimpleUploadedFile("certificate.pdf", b"%PDF-1.4 purity 99 %")


UPLOADS = ("measurement-list", "inbox-list", "lot-bring-in", "lot-files", "batch-attachments")


def upload_body(route: str, lab: dict[str, Any]) -> dict[str, Any]:
    """Return the files of an API call that takes some."""
    if route == "lot-files":
        return {"file": certificate(), "kind": "certificate"}
    if route == "lot-bring-in":
        return {"file": shelf(lab), "project": lab["project"], "save": "all"}
    if route == "inbox-list":
        return {"file": spectrum(), "project": lab["project"], "sure": "true"}
    if route == "batch-attachments":
        return {"file": certificate(), "id": str(uuid.uuid4())}
    return {"batch": lab["batch"], "technique": "pl", "file": spectrum(), "sure": "true"}
