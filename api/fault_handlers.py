"""Every error that leaves a route becomes a problem of the one shape, without what was sent."""

from __future__ import annotations

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from api.envelope import internal_problem
from api.guard import Refusal
from api.problems import Problem, problem_of
from api.value_words import fault
from eligibility.errors import EligibilityError

_MOST_FAULTS = 20


def add_fault_handlers(service: FastAPI) -> None:
    """Register what answers for each kind of error."""
    service.add_exception_handler(EligibilityError, _library)
    service.add_exception_handler(Refusal, _refusal)
    service.add_exception_handler(RequestValidationError, _request)
    service.add_exception_handler(HTTPException, _http)
    service.add_exception_handler(Exception, _internal)


async def _library(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, EligibilityError)  # registered for this tree only
    return problem_of(error).response()


async def _refusal(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, Refusal)  # registered for this class only
    return error.problem.response()


async def _request(request: Request, error: Exception) -> JSONResponse:
    """Parameters that cannot be read: names and rules only, never what was sent."""
    assert isinstance(error, RequestValidationError)  # registered for this class only
    faults = [fault(str(each["loc"][-1]), each) for each in error.errors()[:_MOST_FAULTS]]
    return Problem(
        422, "parameters_invalid", "a parameter cannot be read", faults=faults
    ).response()


async def _http(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)  # registered for this class only
    return Problem(error.status_code, "http", str(error.detail)).response()


async def _internal(request: Request, error: Exception) -> JSONResponse:
    """A fault of the service itself; what went wrong is for its log."""
    return internal_problem().response()
