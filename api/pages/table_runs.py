"""A table that is screened or was: its progress, its results, its rejected rows, and each row's explanation."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path as FilePath
from typing import Annotated, Any
from urllib.parse import parse_qsl

from fastapi import FastAPI, Path, Query, Request
from fastapi.responses import RedirectResponse, Response
from starlette.exceptions import HTTPException

from api.batches.keeper import BatchKeeper
from api.batches.kept import MAPPING, TABLE, KeptBatch
from api.batches.model import Outcome, State
from api.downloads import Download
from api.pages.forms import form_of
from api.pages.language import Language, language_of
from api.pages.site import render
from api.pages.table_results import (
    LONGEST_TEXT,
    Asked,
    neighbours,
    rejected_page,
    result_page,
    result_row,
)
from api.pages.trial_words import TrialTold
from api.parameters import PathName
from api.screeners import screener_of
from eligibility.batch.engines import RowScreen
from eligibility.errors import EligibilityError
from eligibility.explanation import Explanation, explain
from eligibility.intake.faults import Rejection
from eligibility.intake.mapping import read_mapping
from eligibility.intake.patients import PatientRow, open_patients

_CODE = Query(max_length=60, pattern=r"^[a-z0-9_]*$")
FIGURES = ("attrition", "verdicts", "open_criteria", "next_questions", "gain")
_STEPS = frozenset({"cancel", "resume", "remove"})
_AT_WORK = frozenset({State.WAITING, State.RUNNING, State.INTERRUPTED})


def add_table_runs(service: FastAPI) -> None:
    """Add the routes."""
    service.get("/tables/{batch}/progress", include_in_schema=False)(progress)
    service.post("/tables/{batch}/step", include_in_schema=False)(step)
    service.post("/tables/{batch}/results", include_in_schema=False)(results)
    service.get("/tables/{batch}/rows/{row}", include_in_schema=False)(row_page)
    service.get("/tables/{batch}/rejected", include_in_schema=False)(rejected)
    service.get("/tables/{batch}/files/{name}", include_in_schema=False)(file)


def _found(request: Request, batch: str) -> KeptBatch:
    keeper: BatchKeeper = request.app.state.batches
    return keeper.store.find(request.state.site, batch)


def run_page(
    request: Request, keeper: BatchKeeper, kept: KeptBatch, asked: Asked, *, text: str = ""
) -> Response:
    """How it stands; once it is done, what came out."""
    values = _standing(kept)
    outcome = kept.outcome()
    if values["run"]["state"] != State.DONE or outcome is None:
        return render(request, "tables/run.html", **values)
    found = result_page(kept.file(kept.results_name()), asked, text=text)
    language = language_of(request)
    told = _told(outcome, language)
    return render(
        request,
        "tables/results.html",
        **values,
        found=found,
        asked=asked,
        text=text,
        titles=told.titles,
        question=told.question,
        outcome=outcome,
        figures=_figures(outcome, language),
        numbers=_numbers(kept.file("summary.json")),
        downloads=_downloads(outcome),
    )


def _standing(kept: KeptBatch) -> dict[str, Any]:
    shown = kept.shown()
    done = shown["progress"]
    total = shown["table"]["bytes"]
    return {
        "run": shown,
        "is_at_work": shown["state"] in _AT_WORK,
        "progress": done,
        "percent": min(99, 100 * done["bytes_read"] // total) if done and total else 0,
    }


def _told(outcome: Outcome, language: Language) -> TrialTold:
    """The words of the trial of a run, for what it still has; none where the trial is gone."""
    try:
        trial = screener_of(outcome.trial, outcome.profile).trial
    except EligibilityError:
        return TrialTold(None, language)
    return TrialTold(trial, language)


def _figures(outcome: Outcome, language: Language) -> list[tuple[str, str]]:
    """Names with files, in the reader's language; runs of earlier versions have them in English only."""
    names = {path.rpartition("/")[2] for path in outcome.files}
    own = [(name, f"{name}.{language}.svg") for name in FIGURES]
    return [
        (name, file if file in names else f"{name}.svg")
        for name, file in own
        if f"{name}.svg" in names
    ]


def _numbers(summary: FilePath) -> list[dict[str, Any]]:
    """What the figures draw of each criterion, in the order of the protocol."""
    document = json.loads(summary.read_bytes())
    steps = {step["criterion"]: step for step in document["sequential"]}
    return [{**steps[each["criterion"]], **each} for each in document["independent"]]


def _downloads(outcome: Outcome) -> list[tuple[str, int]]:
    """Files with their sizes, the results first."""
    files = [(path.rpartition("/")[2], size) for path, size in outcome.files.items()]
    order = (outcome.results, "rejected.csv", "report.html", "summary.json")
    first = {name: place for place, name in enumerate(order)}
    is_figure = (".svg", ".png")
    return sorted(
        files, key=lambda e: (first.get(e[0], len(first)), e[0].endswith(is_figure), e[0])
    )


def progress(request: Request, *, batch: PathName) -> Response:
    """How far it has come, as a part of its page."""
    kept = _found(request, batch)
    return render(request, "tables/progress.html", **_standing(kept))


async def step(request: Request, *, batch: PathName) -> Response:
    """Stop it, go on with it, or delete it."""
    keeper: BatchKeeper = request.app.state.batches
    kept = await asyncio.to_thread(_found, request, batch)
    wanted = (await form_of(request)).get("do")
    if wanted not in _STEPS:
        raise HTTPException(422)
    await asyncio.to_thread(_take, keeper, kept, str(wanted), request.state.principal.id)
    return RedirectResponse("/tables" if wanted == "remove" else f"/tables/{batch}", 303)


def _take(keeper: BatchKeeper, kept: KeptBatch, wanted: str, actor: str) -> None:
    if wanted == "cancel":
        kept.ask_to_cancel()
    elif wanted == "resume":
        keeper.resume(kept)
    else:
        keeper.remove(kept, actor)


async def results(request: Request, *, batch: PathName) -> Response:
    """Filters; a text that is looked for in ids stays out of the address."""
    fields = {key: each for key, each in (await form_of(request)).items() if isinstance(each, str)}
    text = fields.pop("text", "").strip()[:LONGEST_TEXT]
    fields.pop("csrf", None)
    if again := fields.pop("again", ""):
        fields |= dict(parse_qsl(again))
    try:
        asked = Asked.model_validate(fields)
    except ValueError:
        raise HTTPException(422) from None
    if not text:
        return RedirectResponse(f"/tables/{batch}?{asked.query()}#results", 303)
    keeper: BatchKeeper = request.app.state.batches
    kept = await asyncio.to_thread(_found, request, batch)
    return await asyncio.to_thread(run_page, request, keeper, kept, asked, text=text)


def rejected(
    request: Request,
    *,
    batch: PathName,
    code: Annotated[str, _CODE] = "",
    column: Annotated[int | None, Query(ge=0, le=100_000)] = None,
    page: Annotated[int, Query(ge=1, le=1_000_000)] = 1,
) -> Response:
    """Rows that were not screened, with their reasons."""
    kept = _found(request, batch)
    path = kept.file("rejected.csv")
    try:
        found = rejected_page(path, code=code, column=column, page=page)
    except IndexError:
        raise HTTPException(404) from None
    return render(
        request,
        "tables/rejected.html",
        run=kept.shown(),
        found=found,
        code=code,
        column=column,
        query=_rejected_query,
    )


def _rejected_query(*, code: str, column: int | None, page: int = 1) -> str:
    parts = (("code", code), ("column", column), ("page", page if page > 1 else None))
    return "&".join(f"{name}={each}" for name, each in parts if each not in (None, ""))


def file(
    request: Request, *, batch: PathName, name: Annotated[str, Path(max_length=100)]
) -> Response:
    """Any file of the run."""
    kept = _found(request, batch)
    path = kept.file(name)
    return Download(path, f"{kept.path.name[:12]}-{path.name}")


def row_page(
    request: Request,
    *,
    batch: PathName,
    row: Annotated[int, Path(ge=0, le=10**9)],
    asked: Annotated[Asked, Query()],
) -> Response:
    """One row with its full explanation, made anew from the table and checked against the results."""
    kept = _found(request, batch)
    line = result_row(kept.file(kept.results_name()), row)
    outcome = kept.outcome()
    if line is None or outcome is None:
        raise HTTPException(404)
    identity = str(line["screening_id"]).removeprefix("'")
    explanation, why_not = _explained(kept, outcome, identity, line, language_of(request))
    return render(
        request,
        "tables/row.html",
        run=kept.shown(),
        line=line,
        identity=identity,
        question=_told(outcome, language_of(request)).question,
        asked=asked,
        beside=neighbours(kept.file(kept.results_name()), asked, row),
        told=explanation,
        why_not=why_not,
    )


def _explained(
    kept: KeptBatch, outcome: Outcome, identity: str, line: dict[str, Any], language: Language
) -> tuple[Explanation | None, str]:
    """The explanation of a row; else why there is none: other rules, or another answer than was given out."""
    choices, batch = kept.batch.choices, kept.batch
    try:
        screener = screener_of(outcome.trial, outcome.profile)
    except EligibilityError:
        return None, "rules"
    if screener.trial.rules_hash != outcome.rules_hash:
        return None, "rules"
    mapping = read_mapping(kept.path / MAPPING) if batch.mapping_sha256 else None
    screen = RowScreen(screener, outcome.as_of, choices.planned_start)
    with open_patients(
        kept.path / TABLE, mapping=mapping, encoding=choices.encoding, sheet=choices.sheet
    ) as patients:
        row = next((found for _, found in patients.find([identity])), None)
        screening = screen.screening(row) if isinstance(row, PatientRow) else None
    if screening is None or isinstance(screening, Rejection):
        return None, "table"
    verdicts = {each.criterion.id: each.verdict.value for each in screening.results}
    if any(line.get(criterion) != verdict for criterion, verdict in verdicts.items()):
        return None, "otherwise"
    return explain(screening, language), ""
