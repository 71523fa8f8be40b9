"""All pages, put together: each topic adds its own."""

from __future__ import annotations

from fastapi import FastAPI

from api.pages.checklist_pages import add_checklist
from api.pages.criteria import add_criteria
from api.pages.criterion_over_time import add_criterion_over_time
from api.pages.log_pages import add_log_pages
from api.pages.patient import add_patient
from api.pages.sign_in import add_sign_in
from api.pages.site import Site
from api.pages.start import add_start
from api.pages.static_files import add_static_files
from api.pages.table_drafts import add_table_drafts
from api.pages.table_runs import add_table_runs
from api.pages.tables import add_tables
from api.pages.wording import all_words

_TOPICS = (
    add_static_files,
    add_sign_in,
    add_start,
    add_checklist,
    add_criteria,
    add_criterion_over_time,
    add_patient,
    add_tables,
    add_table_drafts,
    add_table_runs,
    add_log_pages,
)
"""Each adds the pages of one topic."""


def add_pages(service: FastAPI, site: Site) -> None:
    """Add the pages; a word that is there twice is found now."""
    all_words()
    service.state.site = site
    for add_topic in _TOPICS:
        add_topic(service)
