"""Who may do what: one row for every address and method. The tests fail on a missing or idle row.

A row is ``METHOD route: rule``. The rules:

open    everybody, also without signing in
person  everybody who signed in; what they see is filtered to their projects
read    members of the project; nobody else knows that it exists (404)
write   editors and owners of the project; viewers are refused (403), others find nothing (404)
own     owners of the project only
make    editors and owners, in a project named in the body or their only one
lab     editors and owners of any project, also of another one; who is none is refused (403)
lead    owners of the project named in the body or of their only one
"""

RULES = """
GET today: person
GET search: person
GET help: person
GET help-page: person
GET qr: person
GET healthz: open

GET account_login: open
GET account_logout: person
GET account_change_password: person
GET account_reauthenticate: person

GET records:project-list: person
POST records:project-list: person
GET records:project-detail: read
POST records:project-detail: own
GET records:token-list: person
POST records:token-list: person

GET synthesis:recipe-list: person
GET synthesis:recipe-detail: read
GET synthesis:recipe-new: person
POST synthesis:recipe-new: make
GET synthesis:recipe-edit: write
POST synthesis:recipe-edit: write
GET synthesis:recipe-fork: read
POST synthesis:recipe-fork: write
POST synthesis:recipe-state: write
GET synthesis:recipe-compare: read
GET synthesis:recipe-file: read
GET synthesis:plan: person
POST synthesis:plan: make
GET synthesis:batch-list: person
GET synthesis:batch-detail: read
POST synthesis:batch-state: write
GET synthesis:bench-worker: open
GET synthesis:bench: read
GET synthesis:bench-at: read
POST synthesis:bench-at: write
POST synthesis:batch-events: write
GET synthesis:batch-stock: write
POST synthesis:batch-stock: write
GET synthesis:batch-again: read
GET synthesis:batch-history: read
GET synthesis:batch-label: read
GET synthesis:batch-sheet: read
GET synthesis:batch-corrections: read
POST synthesis:batch-corrections: write
GET synthesis:material-list: person
GET synthesis:material-new: person
POST synthesis:material-new: make
GET synthesis:material-detail: read
GET synthesis:material-correct: write
POST synthesis:material-correct: write
GET synthesis:material-label: read
GET synthesis:material-move: write
POST synthesis:material-move: write
GET synthesis:chemical-list: person
GET synthesis:chemical-new: person
POST synthesis:chemical-new: lab
GET synthesis:chemical-detail: person
GET synthesis:chemical-correct: lab
POST synthesis:chemical-correct: lab
GET synthesis:instrument-list: person
GET synthesis:instrument-new: person
POST synthesis:instrument-new: lab
GET synthesis:instrument-detail: person
GET synthesis:instrument-correct: lab
POST synthesis:instrument-correct: lab
GET synthesis:material-import: person
POST synthesis:material-import: make
GET synthesis:material-export: person
GET synthesis:material-attach: read
POST synthesis:material-attach: write
POST synthesis:material-withdraw: write
GET synthesis:material-titrate: write
POST synthesis:material-titrate: write
GET synthesis:titration-withdraw: write
POST synthesis:titration-withdraw: write

GET devices:device-list: person
GET devices:device-new: person
POST devices:device-new: make
GET devices:device-detail: read
GET devices:device-archive: write
POST devices:device-archive: write
GET devices:device-edit: write
POST devices:device-edit: write
GET devices:device-history: read
GET devices:device-label: read
GET devices:pixel-label: read
GET devices:pixel-new: write
POST devices:pixel-new: write
GET devices:pixel-state: write
POST devices:pixel-state: write
GET devices:layer-edit: write
POST devices:layer-edit: write
GET devices:batch-devices: read
GET devices:batch-lineage: read
GET devices:lot-lineage: read
GET devices:device-lineage: read

GET analysis:measurement-detail: read
GET analysis:measurement-row: read
GET analysis:measurement-data: read
POST analysis:measurement-accept: write
POST analysis:measurement-reject: write
POST analysis:measurement-analyse: write
GET analysis:compare: person
GET analysis:compare-csv: person
GET analysis:batch-report: read
GET analysis:batch-report-pdf: read
GET analysis:batch-files: read
POST analysis:batch-files: write
GET analysis:device-files: read
POST analysis:device-files: write
GET analysis:pixel-files: read
POST analysis:pixel-files: write
GET analysis:layer-files: read
POST analysis:layer-files: write
GET analysis:lot-files: read
POST analysis:lot-files: write
GET analysis:file-download: read
GET analysis:batch-outcomes: read
GET analysis:batch-measurements: read
POST analysis:batch-number: write
POST analysis:batch-phase: write
GET analysis:batch-second-forecast: read
GET analysis:batch-changes: read
GET analysis:batch-forecast: read
GET analysis:batch-near: read
GET analysis:device-measurements: read
GET analysis:plan-forecast: person
GET analysis:plan-earlier: person
GET analysis:forecast: person
GET analysis:project-reanalysis: read
POST analysis:project-reanalysis: write
GET analysis:history: person
GET analysis:history-csv: person

GET project-list: person
POST project-list: person
GET project-detail: read
POST project-members: own
GET project-reanalysis: read
POST project-reanalysis: write
POST project-cancel-reanalysis: write
GET chemical-list: person
POST chemical-list: lab
GET chemical-detail: person
PATCH chemical-detail: lab
GET instrument-list: person
POST instrument-list: lab
GET instrument-detail: person
PATCH instrument-detail: lab
POST instrument-retire: lab
POST lot-bring-in: make
GET lot-write-out: person
GET lot-files: read
POST lot-files: write
POST lot-withdraw-file: write
GET lot-titrations: read
POST lot-titrations: write
POST lot-withdraw-titration: write
GET lot-list: person
POST lot-list: make
GET lot-detail: read
PATCH lot-detail: write
GET lot-corrections: read
GET lot-movements: read
GET lot-lineage: read
POST lot-movements: write
POST lot-aliquots: write
POST lot-archive: write
GET recipe-list: person
GET recipe-detail: read
POST recipe-list: make
POST recipe-check: person
GET recipe-document-schema: person
POST recipe-plan: read
POST recipe-series: read
GET recipe-draft: read
PUT recipe-draft: write
POST recipe-publish: write
POST recipe-fork: write
POST recipe-retire: write
POST recipe-bring-back: write
POST recipe-share: write
GET recipe-versions: read
GET recipe-diff: read
GET recipe-definition: read
GET operation-list: person
POST operation-list: make
GET batch-list: person
POST batch-list: make
GET batch-detail: read
GET batch-lineage: read
GET batch-corrections: read
POST batch-recompute: write
POST batch-start: write
POST batch-finish: write
POST batch-abandon: write
POST batch-archive: write
POST device-archive: write
GET batch-content: read
POST batch-sign: write
POST batch-events: write
POST batch-attachments: write
GET architecture-list: person
GET architecture-detail: person
GET device-list: person
POST device-list: make
GET device-detail: read
GET device-lineage: read
GET device-layer: read
PATCH device-layer: write
PATCH device-detail: write
GET pixel-detail: read
PATCH pixel-detail: write
GET measurement-list: person
POST measurement-list: make
GET measurement-detail: read
POST measurement-analyse: write
GET analysis-detail: read
GET analysis-data: read
POST analysis-accept: write
POST analysis-reject: write
GET quantity-list: person
POST quantity-list: lead
GET technique-list: person
GET analysis:quantity-list: person
POST analysis:quantity-list: lead
GET outcome-list: person
POST outcome-list: make
GET outcome-detail: read
GET phase-list: person
POST phase-list: make
GET phase-detail: read
GET forecast-list: person
POST forecast-list: make
GET forecast-detail: read
GET file-detail: read
POST conditions-api: make
GET history-api: person
GET history-csv-api: person
GET schema: open
GET api-docs: person
"""

TABLE = {
    (route, method): rule
    for line in RULES.split("\n")
    if line
    for method, name_and_rule in [line.split(" ", 1)]
    for route, rule in [name_and_rule.rsplit(": ", 1)]
}
