"""The routes of the log's pages."""

from __future__ import annotations

from fastapi import FastAPI

from api.pages.log_book import ask, criteria_not_met, search, trial_criteria, whole_log
from api.pages.log_changing import correct, review, withdraw
from api.pages.log_compare import choose, compare
from api.pages.log_entry import one_entry
from api.pages.log_replay import replay


def add_log_pages(service: FastAPI) -> None:
    """Add the routes; those with a name stand before those with a number."""
    for path, shown in (
        ("/log-book", search),
        ("/log-book/screening-log.csv", whole_log),
        ("/log-book/sdtm-ti.csv", trial_criteria),
        ("/log-book/sdtm-ie.csv", criteria_not_met),
        ("/log-book/compare", compare),
        ("/log-book/{sequence}", one_entry),
    ):
        service.get(path, include_in_schema=False)(shown)
    for path, done in (
        ("/log-book", ask),
        ("/log-book/compare", choose),
        ("/log-book/{sequence}/replay", replay),
        ("/log-book/{sequence}/reviews", review),
        ("/log-book/{sequence}/corrections", correct),
        ("/log-book/{sequence}/withdrawals", withdraw),
    ):
        service.post(path, include_in_schema=False)(done)
