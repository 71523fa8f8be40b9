"""A table before it is screened: a look at it, what each column means, and a check; only then it becomes a run."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import asdict, replace
from functools import partial
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import RedirectResponse, Response
from starlette.datastructures import FormData

from api.batches.drafts import Drafts, KeptDraft, Preparation
from api.batches.errors import BatchRequestError, UploadError
from api.batches.keeper import BatchKeeper
from api.batches.mappings import LONGEST_NAME, SavedMapping
from api.batches.model import Choices
from api.days import today
from api.pages.forms import form_of
from api.pages.language import Language, language_of
from api.pages.site import render
from api.pages.table_choices import Merged, header_mark, merged, text_of
from api.pages.table_columns import label_of, labelled_choices
from api.pages.table_looks import (
    document_of,
    encoding_of,
    header_of,
    mapping_of,
    trial_choices,
    view_of,
)
from api.parameters import PathName
from api.screeners import screener_of
from eligibility.errors import EligibilityError
from eligibility.intake.mapping import Mapping, mapping_from, read_mapping
from eligibility.intake.mapping_draft import LEAVE_OUT, MappingDraft, mapping_text
from eligibility.intake.preview import guessed_encoding
from eligibility.intake.suggestions import Reason
from eligibility.intake.tables import DELIMITERS, ENCODINGS

_SURE = frozenset({Reason.EXACT, Reason.SPELLING, Reason.KNOWN})


def add_table_drafts(service: FastAPI) -> None:
    """Add the route."""
    service.post("/tables/{batch}/mapping", include_in_schema=False)(choose)


def began(drafts: Drafts, kept: KeptDraft) -> None:
    """The first look: what the text is written in, and the mapping that came along; a wrong one leaves nothing."""
    preparation = kept.preparation()
    try:
        guessed = guessed_encoding(kept.table) or ""
    except EligibilityError:
        guessed = ""  # its page says what is wrong with the table
    preparation = replace(preparation, guessed=guessed)
    try:
        if kept.given_mapping:
            preparation = _with_mapping(kept, preparation, read_mapping(kept.given_mapping))
    except EligibilityError:
        drafts.remove(kept)
        raise
    kept.save(preparation)


def _with_mapping(kept: KeptDraft, preparation: Preparation, mapping: Mapping) -> Preparation:
    if mapping.joins:
        raise UploadError(
            "a mapping that joins other tables cannot be used here",
            code="joins_not_possible",
            hint="join the tables first, or screen them with `eligibility batch`",
        )
    preparation = replace(
        preparation,
        encoding=mapping.encoding or preparation.encoding,
        delimiter=mapping.delimiter or preparation.delimiter,
    )
    header = header_of(kept, preparation)
    return replace(preparation, mapping=asdict(MappingDraft.of(mapping, header)))


def draft_page(
    request: Request,
    keeper: BatchKeeper,
    kept: KeptDraft,
    *,
    said: str = "",
    merge: Merged | None = None,
    status: int = 200,
) -> Response:
    """The page of a draft as it is now; what clashed with it is shown with both, and chosen but not kept."""
    view = view_of(kept)
    header = set(view.preview.header) if view.preview else set()
    saved = keeper.mappings.of_site(request.state.site)
    return render(
        request,
        "tables/draft.html",
        status=status,
        view=view,
        draft=view.preparation,
        preview=view.preview,
        fitting=[each for each in saved if header and each.columns() <= header],
        trials=trial_choices(),
        chosen="/".join(filter(None, (view.preparation.trial, view.preparation.profile))),
        encodings=ENCODINGS,
        delimiters=tuple(DELIMITERS),
        said=said,
        header_mark=header_mark(view.preview.header) if view.preview else None,
        clashes=merge.clashes if merge else (),
        is_behind=merge is not None,
        mine={(each.index, each.word): each.mine for each in merge.clashes} if merge else {},
        most_name=LONGEST_NAME,
        **_fields(language_of(request)),
    )


def _fields(language: Language) -> dict[str, Any]:
    """The fields to choose from, with what they mean in a few words."""
    groups = labelled_choices(language)
    return {
        "field_groups": groups,
        "field_labels": [each for _, fields in groups for each in fields],
        "label_of": partial(label_of, language=language),
    }


# What a person does --------------------------------------------------------------------------


async def choose(request: Request, *, batch: PathName) -> Response:
    """Keep what was chosen, and do what the button says."""
    form = await form_of(request)
    return await asyncio.to_thread(_chosen, request, batch, form)


def _chosen(request: Request, batch: str, form: FormData) -> Response:
    keeper: BatchKeeper = request.app.state.batches
    site = request.state.site
    kept = keeper.drafts.find(site, batch)
    if kept is not None:
        try:
            return _done(request, keeper, kept, form)
        except EligibilityError:
            if keeper.drafts.find(site, batch) is not None:
                raise
    keeper.store.find(site, batch)  # somebody has screened it meanwhile, or it is not there
    return RedirectResponse(f"/tables/{batch}", 303)


def _done(request: Request, keeper: BatchKeeper, kept: KeptDraft, form: FormData) -> Response:
    do, _, part = text_of(form, "do").partition(".")
    if do == "remove":
        keeper.drafts.remove(kept)
        return RedirectResponse("/tables", 303)
    with keeper.drafts.alone(kept):
        preparation = kept.preparation()
        merge = merged(preparation, header_of(kept, preparation), form)
        kept.save(merge.preparation)
        if merge.clashes or (merge.is_behind and do in _ON_ALL):
            return draft_page(request, keeper, kept, merge=merge, status=409)
        answer = (
            _ACTS[do](request, keeper, kept, part or text_of(form, do)) if do in _ACTS else None
        )
    if do == "screen":
        answer = _screen(request, keeper, kept)
    return answer or RedirectResponse(f"/tables/{kept.path.name}#columns", 303)


Act = Callable[[Request, BatchKeeper, KeptDraft, str], Response | None]


def _use(request: Request, keeper: BatchKeeper, kept: KeptDraft, part: str) -> None:
    """Take the suggestion for one column, or all that are more than a guess."""
    view = view_of(kept)
    for column in view.columns:
        suggestion = column.suggestion
        if suggestion is None or column.choice:
            continue
        if part == str(column.index) or (not part and suggestion.reason in _SURE):
            view.mapping.choose(column.name, suggestion.path)
    kept.save(replace(view.preparation, mapping=asdict(view.mapping)))


def _leave(request: Request, keeper: BatchKeeper, kept: KeptDraft, part: str) -> None:
    """Leave out every column about which nothing was decided; those that tell who somebody is one by one."""
    view = view_of(kept)
    for column in view.columns:
        if not column.choice and not column.is_identifying:
            view.mapping.choose(column.name, LEAVE_OUT)
    kept.save(replace(view.preparation, mapping=asdict(view.mapping)))


def _forget(request: Request, keeper: BatchKeeper, kept: KeptDraft, part: str) -> None:
    """Take back all choices."""
    kept.save(replace(kept.preparation(), mapping={}))


def _save(request: Request, keeper: BatchKeeper, kept: KeptDraft, part: str) -> Response | None:
    preparation, name = kept.preparation(), part[:LONGEST_NAME]
    mapping = MappingDraft(**preparation.mapping)
    if not name or mapping.id is None:
        return draft_page(request, keeper, kept, said="tables.not_saved", status=422)
    document = document_of(preparation, mapping)
    mapping_from(document)
    keeper.mappings.save(request.state.site, name, document, actor=request.state.principal.id)
    return draft_page(request, keeper, kept, said="tables.saved")


def _apply(request: Request, keeper: BatchKeeper, kept: KeptDraft, part: str) -> Response | None:
    """Take a saved mapping; the person sees all of it before anything is screened."""
    saved: SavedMapping | None = keeper.mappings.find(request.state.site, part)
    if saved is not None:
        preparation = replace(kept.preparation(), mapping={})
        kept.save(_with_mapping(kept, preparation, mapping_from(saved.document)))
    return None


def _download(request: Request, keeper: BatchKeeper, kept: KeptDraft, part: str) -> Response | None:
    preparation = kept.preparation()
    mapping = MappingDraft(**preparation.mapping)
    if mapping.id is None:
        return draft_page(request, keeper, kept, said="tables.not_saved", status=422)
    text = mapping_text(document_of(preparation, mapping))
    headers = {"content-disposition": 'attachment; filename="mapping.yaml"'}
    return Response(text, media_type="application/yaml; charset=utf-8", headers=headers)


def _screen(request: Request, keeper: BatchKeeper, kept: KeptDraft) -> Response | None:
    """Make a run of it, if nothing is left to decide."""
    view = view_of(kept)
    if not view.may_screen or view.preview is None:
        return draft_page(request, keeper, kept, said="tables.not_yet", status=422)
    try:
        keeper.room.check_waiting(request.state.site)
    except BatchRequestError:
        return draft_page(request, keeper, kept, said="tables.too_many", status=503)
    preparation, header = view.preparation, view.preview.header
    is_mapped = (
        not view.preview.is_profiles and mapping_of(preparation, view.mapping, header) is not None
    )
    encoding: Any = encoding_of(preparation)
    choices = Choices(
        screener_of(preparation.trial).trial.id,
        preparation.profile or None,
        preparation.as_of or None,
        preparation.planned_start or None,
        encoding if view.preview.delimiter else None,
        preparation.sheet or None,
    )
    text = mapping_text(document_of(preparation, view.mapping)) if is_mapped else None
    actor = request.state.principal.id
    batch = keeper.drafts.screen(
        kept, choices, actor=actor, today=today(keeper.settings), mapping=text
    )
    keeper.wake()
    return RedirectResponse(f"/tables/{batch.id}", 303)


_ACTS: dict[str, Act] = {
    "use": _use,
    "leave": _leave,
    "forget": _forget,
    "save": _save,
    "apply": _apply,
    "download": _download,
}
"""All but the last step, which takes the draft for itself."""
_ON_ALL = frozenset({"forget", "apply", "screen"})
"""What is done with the choices for all columns, and so only by somebody who has seen them."""
