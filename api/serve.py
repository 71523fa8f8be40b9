"""`eligibility-serve`: the service on its port, with everything that guards a connection."""

from __future__ import annotations

import gc
import multiprocessing
import os
import shutil
import signal
import sys
import tempfile
import threading
from multiprocessing.connection import wait

import uvicorn

from api.log_place import open_screening_log
from api.logs import log, set_up_logs
from api.protocol import Deadlines, GuardedProtocol
from api.screeners import trial_ids
from api.security.sessions import Sessions
from api.settings import Settings, load_settings
from api.words import SHARED_METRICS
from eligibility.errors import EligibilityError

_OBJECTS_BETWEEN_COLLECTIONS = 50_000
_WORKER_SILENT_SECONDS = 20
"""A worker that says nothing for so long is replaced; one that is merely held up, on a busy machine, is not.

Not longer: of one that dies while it is asked, uvicorn learns only by waiting so long, and hears no signal meanwhile.
"""


def main() -> None:
    """Start the service as the environment says; a wrong setting, or a fault of any trial, ends it with its message."""
    try:
        settings = load_settings(os.environ)
        open_screening_log(settings).close()  # here its faults are told once and in full
        Sessions(settings).load()
        trial_ids()
    except EligibilityError as error:
        faults = getattr(error, "faults", ()) or (error,)
        for fault in faults:
            sys.stderr.write(f"error: {fault}\n")
        sys.exit(1)
    set_up_logs(settings.log_level)
    folder = tempfile.mkdtemp(prefix="eligibility-metrics-") if settings.workers > 1 else None
    if folder:
        os.environ[SHARED_METRICS] = folder
    try:
        run(settings)
    finally:
        if folder:
            shutil.rmtree(folder, ignore_errors=True)


def run(settings: Settings) -> None:
    """Serve until told to stop; running requests are finished first."""
    log("starting", address=settings.host, port=settings.port, workers=settings.workers)
    uvicorn.run(
        "api.serve:application",
        factory=True,
        host=settings.host,
        port=settings.port,
        workers=settings.workers,
        http=GuardedProtocol,
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=max(1, round(settings.receive_seconds)),
        timeout_worker_healthcheck=_WORKER_SILENT_SECONDS,
        timeout_graceful_shutdown=max(1, round(settings.shutdown_seconds)),
    )


def application() -> object:
    """The application of one worker: the server calls this in each of them."""
    from api.app import create_app  # noqa: PLC0415 - the parent of several workers serves nobody

    settings = load_settings(os.environ)
    set_up_logs(settings.log_level)
    GuardedProtocol.deadlines = Deadlines.from_settings(settings)
    service = create_app(settings)
    _end_with_the_parent()
    _collect_seldom()
    return service


def _end_with_the_parent() -> None:
    """One of several workers ends in good order when the process that started it is gone, however it went.

    Else it would keep the port, and nobody would be there to stop it.
    """
    parent = multiprocessing.parent_process()
    if parent is None:
        return

    def watch() -> None:
        wait([parent.sentinel])
        log("parent_gone")
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, name="parent", daemon=True).start()


def _collect_seldom() -> None:
    """What is loaded now stays, so that it is not looked through again and again for what may go.

    A screening makes some ten thousand objects, nearly all of them free of cycles: looking for cycles every seven
    hundred took a third of the time.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_OBJECTS_BETWEEN_COLLECTIONS, 20, 20)
