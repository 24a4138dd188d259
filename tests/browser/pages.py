"""Which pages there are, and a lab that has something on each of them."""

import os
from typing import Any

from synthesis.services.bench import record_events
from tests.api.lab import make_lab
from tests.factories import NANOCRYSTALS, entry, make_batch, make_made_batch, make_project

EVERY_DRESS = bool(os.environ.get("EVERY_DRESS"))  # also the pages that are like another one

EMPTY = """
/ /search/?q=zzz /recipes/ /plan/?recipe={nanocrystals} /b/ /lots/ /chemicals/ /chemicals/new/ /chemicals/lead-iodide/
/chemicals/oleic-acid/correct/ /instruments/ /instruments/new/balance/ /measuring/ /measuring/new/ /d/ /explore/
/history/ /forecast/ /projects/ /tokens/ /me/ /people/ /security/ /lots/new/ /lots/import/ /models/sources/ /notices/
/recipes/new/ /models/ /models/0/ /forecast/next/ /suspects/ /boards/ /d/new/ /accounts/password/change/
/devices/statistics/ /plan/?recipe=mn-cspbcl3-hot-injection /plan/?recipe=free-experiment
/recipes/mn-cspbcl3-hot-injection/ /recipes/free-experiment/ /help/ /help/tutorial/first-batch/
/help/reference/bench-events/
"""
FILLED = """
/ /search/?q=NC /search/?q=recipe /b/ /lots/ /d/ /explore/?y=devices /history/ /history/groups/?by=month
/history/columns/ /history/pivot/ /projects/ /files/ /models/sources/ /notices/
"""
OF_ONE = """
/b/{batch}/ /b/{batch}/bench/ /b/{batch}/history/ /b/{batch}/label/ /b/{batch}/label/?size=25x10
/lots/{lot}/label/?size=62x29 /d/{device}/label/ /b/{batch}/sheet/ /b/{running}/sheet/ /b/{batch}/report/
/b/{wordy}/report/ /b/{batch}/files/ /b/{batch}/near/ /b/{batch}/stability/ /b/{running}/ /d/{device}/
/d/{device}/measurements/ /d/{device}/talk/ /m/{measurement}/talk/ /b/{running}/bench/load.cai2/
/b/{running}/bench/load/ /b/{running}/bench/degas/ /b/{running}/bench/react/ /b/{running}/bench/observe_precursor/
/b/{running}/bench/air/ /b/{running}/bench/finish/ /b/{running}/bench/add/ /d/{device}/history/ /d/{device}/edit/
/d/{device}/archive/ /d/{device}/p/P1/state/ /d/{device}/p/P1/files/ /d/{device}/p/new/ /d/{device}/layers/1/
/lots/{lot}/ /lots/{lot}/correct/ /lots/{lot}/measured/ /m/{measurement}/ /m/overlay/?m={measurement}
/models/{model_version}/ /boards/{board}/ /projects/{project}/ /projects/{project}/reanalysis/ /people/{person}/
/projects/{project}/webhooks/ /webhooks/{webhook}/ /recipes/{recipe}/edit/ /recipes/{recipe}/fork/
/recipes/{recipe}/changes/ /b/{batch}/lineage/ /lots/{lot}/lineage/ /d/{device}/lineage/ /instruments/{instrument}/
/instruments/{instrument}/correct/ /measuring/{measuring_instrument}/ /measuring/{measuring_instrument}/correct/
/lots/{stock}/ /lots/{stock}/titrate/ /recipes/{recipe}/ /recipes/{recipe}/geometry/ /b/{batch}/again/
/b/{wordy}/again/ /b/{wordy}/ /b/{wordy}/history/ /b/compare/?codes={batch},{wordy} /b/compare/
/b/compare/?codes={batch},{running} /b/compare/?codes={many}
"""
if EVERY_DRESS:
    EMPTY += "/plan/?recipe=cspbi3-pbs-seeds /plan/?recipe=cspbbr3-benzoyl-bromide "
    EMPTY += "/recipes/cspbi3-pbs-seeds/ /recipes/cspbbr3-benzoyl-bromide/"
    OF_ONE += "/api/v1/docs/"  # the longest page by far has tests of its own


def filled_lab(person: Any) -> dict[str, Any]:
    """Make a project of a person's with one of everything; return the keys that `pages_of` takes."""
    project = make_project(person, "Perovskites")
    lab = make_lab(person, project)
    lab["running"] = make_batch(project, by=person).code
    wordy = make_batch(project, by=person)
    long = "x" * 290  # one word
    said = [entry("note", "", long), entry("deviation", "react", long, reason=long)]
    said += [entry("observation", "observe_precursor", "clear"), entry("skip", "oa", reason=long)]
    assert not record_events(by=person, batch=wordy, events=said).refused
    lab["wordy"] = wordy.code
    more = [make_made_batch(project, by=person, ratio=f"0.{n}").code for n in range(1, 7)]
    lab["many"] = ",".join([lab["batch"], *more])
    return lab


def pages_of_an_empty_lab() -> list[str]:
    """Return the address of every page that a lab without anything has."""
    return EMPTY.format(nanocrystals=NANOCRYSTALS).split()


def pages_of(lab: dict[str, Any]) -> list[str]:
    """Return the address of every page of a filled lab."""
    return (FILLED + OF_ONE).format(**lab).split()
