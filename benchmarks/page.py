#!/usr/bin/env python
"""How long the patient page takes from a key to the decision on screen, in Chromium against a real server.

Usage: benchmarks/page.py [--keys N] [--target MILLISECONDS]
Real keys change the ECOG grade of a full chart, so that the decision turns at every key; the clock runs in the page,
from the key's input event until the first frame after the answer is in the page. Prints one JSON line.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Page, sync_playwright

PATIENT = "/patient?example=likely_eligible"
MEASURE = """() => {
  window.times = [];
  let since = 0;
  document.addEventListener("input", () => { since = performance.now(); }, true);
  new MutationObserver(() => requestAnimationFrame(() => {
    const channel = new MessageChannel();
    channel.port1.onmessage = () => { if (since) window.times.push(performance.now() - since); since = 0; };
    channel.port2.postMessage(null);
  })).observe(document.getElementById("answer-top"), { attributes: true, attributeFilter: ["data-decision"] });
}"""


@contextmanager
def service() -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with tempfile.TemporaryDirectory() as folder:
        given = {"ELIGIBILITY_DATA_FOLDER": folder, "ELIGIBILITY_PORT": str(port)}
        env = {**os.environ, **given}
        command = [sys.executable, "-c", "from api.serve import main; main()"]
        process = subprocess.Popen(
            command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            wait(port)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(20)


def wait(port: int) -> None:
    for _ in range(300):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise SystemExit("the service does not answer")


def measured(page: Page, keys: int) -> list[float]:
    """One time per key; grade 4 is ineligible, grade 1 is not."""
    page.evaluate(MEASURE)
    field = page.locator("#f-ecog")
    field.focus()
    for number in range(keys):
        page.keyboard.press("Control+A")
        page.keyboard.press("41"[number % 2])
        page.wait_for_function("n => window.times.length > n", arg=number, timeout=10_000)
        page.wait_for_timeout(30)
    times: list[float] = page.evaluate("window.times")
    return times


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--keys", type=int, default=100)
    arguments.add_argument("--target", type=float, default=100.0)
    given = arguments.parse_args()
    with service() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"),
            args=["--no-sandbox", "--disable-dev-shm-usage"],
        )
        page = browser.new_page(base_url=address, viewport={"width": 1280, "height": 800})
        page.goto(PATIENT)
        measured(page, 10)
        times = measured(page, given.keys)[-given.keys :]
        browser.close()
    median = statistics.median(times)
    figures = {
        "measurement": "from the key to the decision on screen",
        "unit": "ms",
        "keys": len(times),
        "median": round(median, 1),
        "p95": round(statistics.quantiles(times, n=20)[-1], 1),
        "longest": round(max(times), 1),
        "target": given.target,
        "meets_target": median <= given.target,
    }
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
