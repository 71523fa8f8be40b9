"""A table that is given up at any moment leaves nothing held: no folder, no file, no lock."""

from __future__ import annotations

import asyncio
import shutil
import threading
from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from api.batches.drafts import Drafts
from api.batches.model import Choices
from api.batches.receive import Sender, receive
from api.batches.store import Store
from api.batches.upload import Upload
from tests.api.batches.sending import GOOD, multipart

SENDER = Sender("key:1", "berlin")
MOMENTS = {
    "as it begins": (Store, "upload"),
    "as it comes in": (Upload, "feed"),
    "as it is checked": (Upload, "finish"),
    "as it leaves": (shutil, "rmtree"),
}


async def body() -> AsyncIterator[bytes]:
    yield multipart(GOOD)


async def sent(store: Store, kind: str) -> Any:
    if kind == "draft":
        return await Drafts(store).receive(body(), b"X", SENDER)
    choices, today = Choices("NCT06731140"), date(2026, 11, 21)
    return await receive(store, body(), b"X", choices=choices, sender=SENDER, today=today)


class Halted:
    """A step that waits until it is told to go on."""

    def __init__(self, owner: Any, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
        self.began, self.may_go_on = threading.Event(), threading.Event()
        step = getattr(owner, name)

        def halted(*given: Any, **more: Any) -> Any:
            self.began.set()
            assert self.may_go_on.wait(20)
            return step(*given, **more)

        monkeypatch.setattr(owner, name, halted)


async def given_up(sending: asyncio.Task[Any], halted: Halted, times: int) -> None:
    """Give a request up while a step of it is under way."""
    assert await asyncio.to_thread(halted.began.wait, 20)
    for _ in range(times):
        sending.cancel()
        await asyncio.sleep(0.01)
    assert not sending.done(), "nothing is removed under the hands of the step"
    halted.may_go_on.set()
    with pytest.raises(asyncio.CancelledError):
        await sending


def open_below(folder: Path) -> list[str]:
    """What this process holds open of a folder, removed or not."""
    links = []
    for each in Path("/proc/self/fd").iterdir():
        try:
            links.append(str(each.readlink()))
        except FileNotFoundError:  # it was the listing itself
            continue
    return [each for each in links if str(folder) in each]


@pytest.mark.parametrize("kind", ["batch", "draft"])
@pytest.mark.parametrize("times", [1, 3], ids=["once", "again and again"])
@pytest.mark.parametrize("moment", MOMENTS.values(), ids=MOMENTS)
def test_a_table_that_is_given_up_leaves_no_folder_and_no_lock(
    store: Store,
    monkeypatch: pytest.MonkeyPatch,
    kind: str,
    times: int,
    moment: tuple[Any, str],
) -> None:
    async def run() -> None:
        halted = Halted(*moment, monkeypatch)
        await given_up(asyncio.create_task(sent(store, kind)), halted, times)

    asyncio.run(run())

    assert list((store.folder / "uploads").iterdir()) == []
    assert open_below(store.folder) == []
