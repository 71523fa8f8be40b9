"""What one patient costs, in one run: closures, reference, durable-rules, explanation, calendar, memory, --help.

Run `.venv/bin/python benchmarks/per_patient.py`; prints one JSON line per measure, times as ratios to closures too.
"""

from __future__ import annotations

import gc
import json
import platform
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from statistics import median

from closures import PATIENT, decide

from eligibility.dates import anchors
from eligibility.explanation import explain
from eligibility.intake.template import example_profile
from eligibility.patient.record import read_record
from eligibility.protocol.library import load_trial
from eligibility.screening.leaves import leaf_truth
from eligibility.screening.rule_engine import RuleEngine
from eligibility.screening.screen import Screener, screen_by_reference

ROUNDS, CALLS = 30, 100
DATES = anchors("2026-11-21", "2026-12-01")
PROFILE = "atezolizumab_p1"


def measures() -> dict[str, Callable[[], object]]:
    """What is timed, in the order it is printed."""
    screener = Screener(load_trial(profile=PROFILE))
    engine = RuleEngine(screener.compiled.network)
    document = example_profile()
    failing = {**document, "ecog": 3, "sex": "male"}
    open_record = read_record({"screening_id": "EMPTY"})
    record, failed = read_record(document), read_record(failing)
    findings = screener.findings(record, DATES)
    leaves = screener.compiled.leaves
    screened = screener.screen(record, DATES)

    def by_rules() -> object:
        return engine.derive([leaf_truth(leaf, findings, DATES) for leaf in leaves])

    def fresh(kind: object) -> object:
        return explain(screener.screen(kind, DATES), calendar=False)  # type: ignore[arg-type]

    return {
        "closures": lambda: decide(PATIENT),
        "read_record": lambda: read_record(document),
        "reference_decision": lambda: screen_by_reference(screener.compiled, findings, DATES),
        "durable_rules_decision": by_rules,
        "record_to_checked_screening": lambda: screener.screen(record, DATES),
        "explanation": lambda: explain(screened, calendar=False),
        "explanation_with_calendar": lambda: explain(screened),
        "durable_rules_and_explanation": lambda: fresh(record),
        "same_for_an_ineligible_patient": lambda: fresh(failed),
        "same_for_an_empty_record": lambda: fresh(open_record),
    }


def timed(call: Callable[[], object]) -> list[float]:
    """Seconds of single calls, sorted."""
    samples = []
    for _ in range(CALLS):
        start = time.perf_counter()
        call()
        samples.append(time.perf_counter() - start)
    return samples


def main() -> None:
    calls = measures()
    samples: dict[str, list[float]] = {name: [] for name in calls}
    for call in calls.values():
        timed(call)
    for _ in range(
        ROUNDS
    ):  # taken in turns, so that a slow moment of the machine touches all alike
        for name, call in calls.items():
            samples[name].extend(timed(call))
    base = median(samples["closures"])
    for name, times in samples.items():
        times.sort()
        print(
            json.dumps(
                {
                    "measure": name,
                    "p50_us": round(median(times) * 1e6, 1),
                    "p99_us": round(times[len(times) * 99 // 100] * 1e6, 1),
                    "ratio_to_closures": round(median(times) / base, 1),
                }
            )
        )
    print(json.dumps({"measure": "growth_over_100000_evaluations", **growth()}))
    print(json.dumps({"measure": "help", **help_time()}))
    print(json.dumps({"python": platform.python_version(), "machine": platform.machine()}))


def growth() -> dict[str, int]:
    """Peak memory before and after 100,000 screenings of one patient, after a warm-up."""
    screener = Screener(load_trial(profile=PROFILE))
    record = read_record(example_profile())
    dates = [replace(DATES, planned_start=DATES.as_of + days) for days in range(10)]

    def run(count: int) -> None:
        for number in range(count):
            screener.screen(record, dates[number % 10])

    run(20_000)
    gc.collect()
    before = _resident()
    run(100_000)
    gc.collect()
    return {
        "bytes": _resident() - before,
        "peak_bytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
    }


def _resident() -> int:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize()


def help_time() -> dict[str, float]:
    """Seconds of `eligibility --help`, the fastest and the median of ten."""
    command = [str(Path(sys.executable).with_name("eligibility")), "--help"]
    times = []
    for _ in range(10):
        start = time.perf_counter()
        subprocess.run(command, check=True, capture_output=True)
        times.append(time.perf_counter() - start)
    return {"min_s": round(min(times), 3), "median_s": round(median(times), 3)}


if __name__ == "__main__":
    main()
