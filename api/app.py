"""The HTTP service: post one patient and get the full explanation; read trials and criteria.

Before any of it stand the layers that every request passes: envelope, guard, limits. Errors are RFC 9457 problems of
one shape and never repeat what was sent.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from typing import Annotated, Any

from fastapi import Depends, FastAPI, Query, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException

from api.access import ROUTES, AccessTable
from api.batches.keeper import BatchKeeper
from api.envelope import Envelope, internal_problem
from api.guard import SITE_PARAMETER, Guard, Refusal
from api.limits import Limits
from api.log_keeper import LogKeeper
from api.metrics import Metrics
from api.operation import Readiness, add_operation, checks_of
from api.parameters import check_parameters
from api.problems import PROBLEM_RESPONSES, Problem, problem_of
from api.routes.batches import add_batches
from api.security.authenticator import Authenticator
from api.settings import Settings
from eligibility.dates import anchors
from eligibility.errors import EligibilityError, Fault, RecordError
from eligibility.explanation import explain
from eligibility.intake.template import example_profile
from eligibility.patient.record import MAX_DOCUMENT_BYTES, PatientRecord, read_record_json
from eligibility.patient.schema import definitions, record_schema
from eligibility.protocol.library import DEFAULT_TRIAL, load_trial, trial_ids
from eligibility.protocol.model import Criterion, Trial
from eligibility.reports.document import interpretations_in_force, to_document
from eligibility.screening.screen import Screener
from eligibility.version import ENGINE_VERSION

_DAY = Query(
    max_length=10, description='A whole date, "2026-11-21", or "day 120" for de-identified records.'
)
_NAME = Query(max_length=60, pattern=r"^[A-Za-z0-9_.-]+$")
_SITE = Query(
    alias=SITE_PARAMETER,
    max_length=40,
    description="The site it is for. Needed only by who has several.",
)
_MOST_FAULTS = 20
_SCHEMAS = "#/components/schemas/"


class Service(FastAPI):
    """An application whose description also holds the schema of a patient profile."""

    def openapi(self) -> dict[str, Any]:
        """The OpenAPI document."""
        document = super().openapi()
        schemas = document.setdefault("components", {}).setdefault("schemas", {})
        schemas.update(definitions(_SCHEMAS + "{model}"))
        document["components"]["securitySchemes"] = {"key": {"type": "http", "scheme": "bearer"}}
        for route in ROUTES:
            operation = document["paths"].get(route.path, {}).get(route.method.lower())
            if operation is not None and not route.is_public:
                operation["security"] = [{"key": []}]
        return document


def create_app(
    settings: Settings | None = None, *, authenticator: Authenticator | None = None
) -> FastAPI:
    """The service with all its routes and what guards them; the default trial is loaded at once."""
    settings = settings or Settings()
    authenticator = authenticator or Authenticator.from_settings(settings)
    metrics, keeper = Metrics(), LogKeeper(settings)
    batches = BatchKeeper(settings, keeper, within=keeper.lifespan)
    service = Service(
        title="Eligibility screening",
        version=ENGINE_VERSION,
        description="Screens patients against clinical-trial criteria, and says why.",
        # The pages of the framework load scripts from elsewhere.
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        lifespan=batches.lifespan,
        dependencies=[Depends(check_parameters)],
    )
    _screener(DEFAULT_TRIAL, None)
    service.add_exception_handler(EligibilityError, _library_problem)
    service.add_exception_handler(Refusal, _refusal_problem)
    service.add_exception_handler(RequestValidationError, _request_problem)
    service.add_exception_handler(HTTPException, _http_problem)
    service.add_exception_handler(Exception, _internal_problem)
    service.state.log_keeper = keeper
    checks = {"screening_log": keeper.check, **checks_of(authenticator)}
    add_operation(service, metrics=metrics, readiness=Readiness(checks))
    _add_screening(service)
    _add_reading(service)
    add_batches(service, batches)
    _add_layers(service, settings, authenticator=authenticator, metrics=metrics)
    return service


def _add_layers(
    service: FastAPI, settings: Settings, *, authenticator: Authenticator, metrics: Metrics
) -> None:
    """What a request passes, from the innermost layer to the outermost."""
    table = AccessTable()
    service.add_middleware(
        Limits,
        max_body_bytes=settings.max_body_bytes,
        max_upload_bytes=settings.batch_max_bytes,
        seconds=settings.handle_seconds,
    )
    service.add_middleware(Guard, settings=settings, table=table, authenticator=authenticator)
    service.add_middleware(Envelope, table=table, metrics=metrics)


@lru_cache(maxsize=32)
def _screener(trial: str, profile: str | None) -> Screener:
    known = _known_trial(trial)
    if profile is not None:
        _check_profile(profile, _screener(known, None).trial.profiles)
    return Screener(load_trial(known, profile=profile))


def _check_profile(profile: str, known: Iterable[str]) -> None:
    """The library's own message would repeat the name, which may be anything."""
    if profile not in known:
        raise EligibilityError(
            "the trial has no site profile of this name",
            code="unknown_profile",
            hint=f"use one of: {', '.join(known)}",
        )


def _known_trial(trial: str) -> str:
    """Only trials of the library by number: a path from outside must never reach the file system."""
    if trial.upper() not in trial_ids():
        raise EligibilityError(
            "no such trial in the library", code="unknown_trial", hint="GET /v1/trials lists them"
        )
    return trial.upper()


def _add_screening(service: FastAPI) -> None:
    body = {
        "required": True,
        "content": {
            "application/json": {
                "schema": {"$ref": _SCHEMAS + PatientRecord.__name__},
                "example": example_profile(),
            }
        },
    }

    @service.post(
        "/v1/screenings",
        summary="Screen one patient",
        openapi_extra={"requestBody": body},
        responses=PROBLEM_RESPONSES,
    )
    async def screen(
        request: Request,
        *,
        trial: Annotated[str, _NAME] = DEFAULT_TRIAL,
        profile: Annotated[str | None, _NAME] = None,
        as_of: Annotated[str | None, _DAY] = None,
        planned_start: Annotated[str | None, _DAY] = None,
        site: Annotated[str | None, _SITE] = None,  # read and checked by the guard
    ) -> JSONResponse:
        """Every criterion with verdict, reason and evidence; blockers, questions, dates. Nothing is stored."""
        content = await _body(request)
        document = await asyncio.to_thread(_screened, content, trial, profile, as_of, planned_start)
        return JSONResponse(document)


async def _body(request: Request) -> bytes:
    """The request's body, given up as soon as it is longer than a record may be."""
    received = bytearray()
    async for chunk in request.stream():
        received += chunk
        if len(received) > MAX_DOCUMENT_BYTES:
            message = f"the body is larger than {MAX_DOCUMENT_BYTES} bytes"
            raise RecordError([Fault("", "too_large", message)])
    return bytes(received)


def _screened(
    content: bytes, trial: str, profile: str | None, as_of: str | None, start: str | None
) -> dict[str, Any]:
    screener = _screener(trial, profile)
    record = read_record_json(content)
    dates = anchors(as_of or date.today().isoformat(), start)
    return to_document(explain(screener.screen(record, dates)))


def _add_reading(service: FastAPI) -> None:
    @service.get("/v1/trials", summary="Trials of the library", responses=PROBLEM_RESPONSES)
    def trials() -> list[dict[str, Any]]:
        return [_trial_summary(_screener(name, None).trial) for name in trial_ids()]

    @service.get(
        "/v1/trials/{trial}", summary="One trial with its criteria", responses=PROBLEM_RESPONSES
    )
    def one_trial(trial: str, *, profile: Annotated[str | None, _NAME] = None) -> dict[str, Any]:
        loaded = _screener(trial, profile).trial
        return {
            **_trial_summary(loaded),
            "interpretations": interpretations_in_force(loaded),
            "criteria": [_criterion(criterion) for criterion in loaded.criteria],
        }

    @service.get(
        "/v1/patient-schema",
        summary="JSON schema of a patient profile",
        responses=PROBLEM_RESPONSES,
    )
    async def patient_schema() -> Response:
        return Response(_schema_json(), media_type="application/json")


@lru_cache(maxsize=1)
def _schema_json() -> bytes:
    """Written once: making and writing it anew takes a tenth of a second."""
    return json.dumps(record_schema(), ensure_ascii=False).encode()


def _trial_summary(trial: Trial) -> dict[str, Any]:
    return {
        "id": trial.id,
        "title": trial.title,
        "source": trial.source,
        "profiles": list(trial.profiles),
        "profile": trial.profile.name if trial.profile else None,
        "rules_hash": trial.rules_hash,
    }


def _criterion(criterion: Criterion) -> dict[str, Any]:
    return {
        "id": criterion.id,
        "kind": criterion.kind,
        "title": criterion.title,
        "text": criterion.text,
        "notes": criterion.notes,
        "interpretations": list(criterion.interpretations),
    }


async def _library_problem(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, EligibilityError)  # registered for this tree only
    return problem_of(error).response()


async def _refusal_problem(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, Refusal)  # registered for this class only
    return error.problem.response()


async def _request_problem(request: Request, error: Exception) -> JSONResponse:
    """Parameters that cannot be read: names and rules only, never what was sent."""
    assert isinstance(error, RequestValidationError)  # registered for this class only
    faults: list[dict[str, str | None]] = [
        {
            "path": str(each["loc"][-1]),
            "code": str(each["type"]),
            "message": str(each["msg"]),
            "hint": None,
        }
        for each in error.errors()[:_MOST_FAULTS]
    ]
    return Problem(
        422, "parameters_invalid", "a parameter cannot be read", faults=faults
    ).response()


async def _http_problem(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)  # registered for this class only
    return Problem(error.status_code, "http", str(error.detail)).response()


async def _internal_problem(request: Request, error: Exception) -> JSONResponse:
    """A fault of the service itself; what went wrong is for its log."""
    return internal_problem().response()
