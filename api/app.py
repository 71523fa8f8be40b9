"""The HTTP service, put together: routes, what answers for errors, and the layers that every request passes.

Errors are RFC 9457 problems of one shape and never repeat what was sent.
"""

from __future__ import annotations

from functools import partial

from fastapi import Depends, FastAPI

from api.access import AccessTable
from api.batches.keeper import BatchKeeper
from api.days import today
from api.decisions import Desk
from api.description import Service
from api.envelope import Envelope
from api.fault_handlers import add_fault_handlers
from api.guard import Guard
from api.limits import Limits
from api.log_keeper import LogKeeper
from api.metrics import Metrics
from api.operation import Readiness, add_operation, checks_of
from api.pages.forms import check_token
from api.pages.pages import add_pages
from api.pages.problem_pages import problem_page
from api.pages.site import Site
from api.parameters import check_parameters
from api.routes.batches import add_batches
from api.routes.log import add_log
from api.routes.log_changes import add_log_changes
from api.routes.log_exports import add_log_exports
from api.routes.records import add_records
from api.routes.screenings import add_screenings
from api.routes.trials import add_trials
from api.routes.what_if import add_what_if
from api.screeners import trial_ids
from api.security.authenticator import Authenticator
from api.security.sessions import Sessions
from api.settings import Settings
from eligibility.version import ENGINE_VERSION

_TOPICS = (
    add_screenings,
    add_what_if,
    add_trials,
    add_records,
    add_log_exports,
    add_log,
    add_log_changes,
)
"""Each adds the routes of one topic."""


def create_app(
    settings: Settings | None = None, *, authenticator: Authenticator | None = None
) -> FastAPI:
    """The service with all its routes and what guards them; every trial is loaded at once."""
    settings = settings or Settings()
    authenticator = authenticator or Authenticator.from_settings(settings)
    keeper = LogKeeper(settings)
    desk = Desk(keeper, today=partial(today, settings))
    batches = BatchKeeper(settings, keeper, within=desk.lifespan)
    metrics = Metrics(batches.counted, keeper.counted)
    service = Service(
        title="Eligibility screening",
        version=ENGINE_VERSION,
        description="Screens patients against clinical-trial criteria, and says why.",
        # The pages of the framework load scripts from elsewhere.
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        lifespan=batches.lifespan,
        dependencies=[Depends(check_parameters), Depends(check_token)],
    )
    trial_ids()
    add_fault_handlers(service)
    service.state.log_keeper = keeper
    service.state.desk = desk
    service.state.batches = batches
    checks = {"screening_log": keeper.check, **checks_of(authenticator)}
    add_operation(service, metrics=metrics, readiness=Readiness(checks))
    for add_routes in _TOPICS:
        add_routes(service)
    add_batches(service, batches)
    site = Site(
        settings,
        table=AccessTable(),
        authenticator=authenticator,
        sessions=Sessions(settings),
    )
    add_pages(service, site)
    _add_layers(service, site, metrics=metrics)
    return service


def _add_layers(service: FastAPI, site: Site, *, metrics: Metrics) -> None:
    """What a request passes, from the innermost layer to the outermost."""
    settings, table = site.settings, site.table
    service.add_middleware(
        Limits,
        max_body_bytes=settings.max_body_bytes,
        max_upload_bytes=settings.batch_max_bytes,
        seconds=settings.handle_seconds,
        send_seconds=settings.send_seconds,
        send_bytes_per_second=settings.send_bytes_per_second,
    )
    service.add_middleware(
        Guard,
        settings=settings,
        table=table,
        authenticator=site.authenticator,
        sessions=site.sessions,
    )
    service.add_middleware(
        Envelope, table=table, metrics=metrics, as_page=partial(problem_page, site)
    )
