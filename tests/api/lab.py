"""A lab with one of everything."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.test import override_settings
from django.utils import timezone

from analysis.forecast import LabModel
from analysis.forecast.backtest import backtest
from analysis.models import Analysis, ModelParameters, ModelVersion
from analysis.services.boards import make_board
from analysis.services.forecasts import ask_forecast
from analysis.services.guesses import guess_phase
from analysis.services.inbox import take_in
from analysis.services.label_sources import add_source
from analysis.services.measurements import add_measurement
from analysis.services.measuring_instruments import add_instrument as add_measuring_instrument
from analysis.services.measuring_instruments import calibrate
from analysis.services.outcomes import type_outcome
from analysis.services.phases import assign_phase
from analysis.services.saved_questions import save_question
from analysis.services.structures import name_evidence
from analysis.services.suggestion_lab import lab_of
from analysis.services.suggestions import suggest
from devices.services.devices import build_device
from devices.services.runs import make_run
from labnotebook.records.history import recorded
from labnotebook.records.models import Project, SecurityEvent
from labnotebook.records.services.files import hashed_upload
from labnotebook.records.services.one_time_links import invite
from labnotebook.records.services.projects import create_project
from labnotebook.talk.services.comments import write_comment
from labnotebook.talk.services.notices import tell
from labnotebook.talk.services.tasks import give_task
from labnotebook.webhooks.services.webhooks import set_webhook
from synthesis.models import Chemical, Material
from synthesis.services.batches import create_batch, start_batch
from synthesis.services.finishing import finish_batch
from synthesis.services.instruments import add_instrument
from synthesis.services.material_files import attach_files
from synthesis.services.materials import add_bottle, add_stock
from synthesis.services.plans import FIRST_RECIPE
from tests.factories import make_made_batch, make_recipe, shipped_recipe


def _finished(analysis: Analysis) -> Analysis:
    """Give an analysis the result of a worker."""
    figure = {
        "quantity": "pl_peak_nm",
        "value": 686.0,
        "uncertainty": 0.1,
        "unit": "nm",
        "label": "",
        "low": None,
        "high": None,
        "note": "",
    }
    columns = (("wavelength", "nm", [680.0, 686.0, 692.0]), ("intensity", "", [1.0, 2.0, 1.0]))
    channels = [{"name": n, "unit": unit, "label": "", "values": v} for n, unit, v in columns]
    with recorded("test", "as if by the worker"):
        analysis.set_fields(
            state="done",
            reading={"points": 3, "channels": channels, "metadata": {}, "warnings": []},
            result={
                "figures": [figure],
                "summary": "Peak at 686 nm.",
                "warnings": [],
                "phase": None,
                "structure": None,
                "curves": [],
                "detail": {},
            },
        )
    return analysis


def _titrated_stock(person: Any, project: Project) -> Material:
    batch = create_batch(
        by=person, project=project, version=shipped_recipe("cs-oleate").current, targets={}
    )
    batch = finish_batch(
        by=person,
        batch=start_batch(by=person, batch=batch),
        unrecorded_reason="made before the notebook",
    )
    return add_stock(by=person, batch=batch, concentration_mol_l=Decimal("0.154"))


def _learned(project: Project) -> ModelVersion:
    """Return a version as the worker leaves it, with the paper's parameters."""
    data = LabModel.paper().to_bytes()
    version = ModelVersion.objects.create(
        project=project,
        data_sha256="0" * 64,
        code_version="test",
        batches=[],
        labels=1,
        summary=LabModel.paper().summary(),
        backtest=backtest(()).as_dict(),
        parameters_sha256=hashlib.sha256(data).hexdigest(),
        read_at=timezone.now(),
        promoted_at=timezone.now(),
        verdict="Used.",
    )
    ModelParameters.objects.create(model_version=version, data=data)
    return version


def make_lab(person: Any, project: Project) -> dict[str, Any]:
    """Make one of everything in a project; return their keys as addresses and bodies name them."""
    batch = make_made_batch(project, by=person)
    device = build_device(
        by=person, project=project, architecture_slug="fret", emitter_batch_code=batch.code
    )
    run = make_run(by=person, project=project, architecture_slug="fret", substrates=2)
    upload = hashed_upload(b"wavelength_nm,counts\n680,1\n686,9\n690,2\n", "pl.csv")
    measurement = add_measurement(by=person, subject=batch, technique="pl", upload=upload)
    analysis = _finished(measurement.analyses.get())
    outcome = type_outcome(by=person, subject=batch, quantity="plqy_percent", text="98")
    guess = guess_phase(by=person, batch=batch, phase="gamma")
    (offer,) = suggest(lab_of(person, project, FIRST_RECIPE), goal="gap", n=1)
    phase = assign_phase(
        by=person,
        batch=batch,
        phase="gamma",
        structure="seed_core_shell",
        reason="XRD seen elsewhere",
    )
    picture = hashed_upload(b"\x89PNG\r\n\x1a\n" + batch.code.encode(), "hrtem.png")
    micrograph = add_measurement(by=person, subject=batch, technique="tem", upload=picture)
    evidence = name_evidence(
        by=person,
        batch=batch,
        part="shell",
        verdict="confirms",
        measurement=micrograph,
        note="a rim of 2 nm",
    )
    version = _learned(project)
    other = create_project(
        by=person, name=f"{project.slug} other", is_simulated=project.is_simulated
    )
    source = add_source(by=person, project=project, source=other, reason="the same glovebox")
    forecast = ask_forecast(by=person, project=project, conditions={"ratio_ca_pb": 0.5})
    upload = hashed_upload(b"wavelength_nm,counts\n680,2\n686,8\n690,3\n", f"{project.slug} 1.csv")
    (taken,) = take_in(by=person, project=project, uploads=[upload], sure=True)
    chemical = Chemical.objects.get(formula="CaI2")
    bottle = add_bottle(
        by=person,
        project=project,
        chemical=chemical,
        supplier="Somebody",
        amount_received=5000,
        amount_unit="mg",
    )
    paper = hashed_upload(f"Certificate of {bottle.code}".encode(), "certificate.txt")
    (certificate,) = attach_files(by=person, material=bottle, uploads=[paper], kind="certificate")
    recipe = make_recipe(project, by=person)
    stock = _titrated_stock(person, project)
    instrument = add_instrument(
        by=person,
        kind="balance",
        name="XPR205",
        resolution=Decimal("0.1"),
        uncertainty=Decimal("0.1"),
    )
    spectrometer = add_measuring_instrument(by=person, name="FluoroMax", techniques=["pl"])
    calibrate(
        by=person,
        instrument=spectrometer,
        scale="wavelength_nm",
        u=0.2,
        valid_from_date=date(2026, 1, 2),
    )
    question = save_question(by=person, project=project, name="PLQY by month", query="by=month")
    board = make_board(by=person, project=project, name="Meeting", questions=[question.pk])
    comment = write_comment(by=person, subject=batch, text="Look at the tail.")
    task = give_task(by=person, subject=device, text="Measure again.", given_to=person.username)
    guest, _text = invite(
        by=person, project=project, role="viewer", username=f"guest.of-{project.slug}"
    )
    told = {"by": guest.person, "people": [person], "kind": "mention", "text": "@you, look."}
    (notice,) = tell(**told, subject=batch)
    with override_settings(WEBHOOK_HOSTS=[".example.org"]):
        webhook = set_webhook(
            by=person,
            project=project,
            address="https://hooks.example.org/labnotebook",
            events=["analysis done"],
        )
    _link, text = invite(by=person, project=project, role="editor")
    event = SecurityEvent.objects.filter(project=project).order_by("pk").first()
    return {
        "project": project.slug,
        "security_event": event.pk,
        "person": guest.person.username,
        "link": text,
        "recipe": recipe.slug,
        "batch": batch.code,
        "device": device.code,
        "run": run.code,
        "pixel": device.pixels.first().pk,
        "lot": bottle.code,
        "stock": stock.code,
        "titration": stock.titrations.get().pk,
        "instrument": instrument.code,
        "measuring_instrument": spectrometer.code,
        "certificate": certificate.pk,
        "chemical": chemical.slug,
        "architecture": "fret",
        "measurement": measurement.pk,
        "analysis": analysis.pk,
        "outcome": outcome.pk,
        "phase": phase.pk,
        "micrograph": micrograph.pk,
        "structure_evidence": evidence.pk,
        "forecast": forecast.pk,
        "model_version": version.pk,
        "label_source": source.pk,
        "guess": guess.pk,
        "saved_question": question.pk,
        "board": board.pk,
        "seal": offer.seal,
        "other_project": other.slug,
        "comment": comment.pk,
        "webhook": webhook.pk,
        "notice": notice.pk,
        "task": task.pk,
        "owner": person.username,
        "file": measurement.file.pk,
        "inbox": taken.waiting.pk,
    }


@contextmanager
def one_connection() -> Iterator[None]:
    """Keep the connection of the test through the requests, as Django's own test client does."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)
