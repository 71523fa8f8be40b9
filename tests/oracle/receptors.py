"""INCL02: metastatic or locally advanced, histologically confirmed luminal or triple-negative."""

from __future__ import annotations

from decimal import Decimal

from .values import (
    UNLIMITED,
    Json,
    Range,
    Verdict,
    all_required,
    covering,
    is_complete,
    is_disputed,
    is_open,
    items,
    number,
    overlap,
    section,
    word,
)

_DISTANT = {"liver", "bone", "lung", "brain", "peritoneum", "pleura"}
_AMPLIFIED = frozenset({"amplified"})
_NOT_AMPLIFIED = frozenset({"not_amplified"})
_ANY_RESULT = frozenset({"amplified", "not_amplified", "equivocal"})
# A5: a word without a percentage, by the guideline's definition of it.
_STATUS = {
    "negative": Range(Decimal(0), Decimal(1), high_open=True),
    "positive": Range(Decimal(1), Decimal(100)),
}
_ANY_PERCENTAGE = Range(Decimal(0), Decimal(100))
_ANY_SCORE = Range(Decimal(0), Decimal(3))
_ANY_AMOUNT = Range(Decimal(0), UNLIMITED)
# A10: what each in-situ hybridisation group of ASCO/CAP 2018 says without a final word.
_RESULT_OF_GROUP = {
    1: "amplified",
    2: "equivocal",
    3: "amplified",
    4: "equivocal",
    5: "not_amplified",
}
# A10: the final words a report may give to each group; any other word contradicts its numbers.
_WORDS_OF_GROUP = {
    1: _AMPLIFIED,
    2: _ANY_RESULT,
    3: _AMPLIFIED,
    4: _ANY_RESULT,
    5: _NOT_AMPLIFIED,
}


def incl02(patient: Json) -> Verdict:
    """Every clause of the sentence must hold."""
    diagnosis = section(patient, "diagnosis")
    specimens: list[Json] = patient.get("specimens") or []
    return all_required(
        [
            _breast_cancer(diagnosis),
            _extent(patient),
            _confirmation(diagnosis),
            _her2_negative(specimens),
            _luminal_or_triple_negative(specimens),
        ]
    )


def _breast_cancer(diagnosis: Json) -> Verdict:
    cancer = word(diagnosis, "cancer")
    if cancer is None:
        return "unknown"
    return "pass" if cancer == "breast" else "fail"


def _extent(patient: Json) -> Verdict:
    extent = word(section(patient, "diagnosis"), "extent")
    sites = {each["site"] for each in items(patient, "metastatic_sites")}
    if extent == "metastatic":
        # Metastatic without any metastasis contradicts itself.
        nowhere = is_complete(patient, "metastatic_sites") and not sites
        return "unknown" if nowhere else "pass"
    if sites & _DISTANT:
        return "unknown"  # metastases of distant organs in a disease that is called local
    if extent == "early":
        return "fail"
    return "unknown"  # B1: locally advanced collides with "for metastatic breast cancer"


def _confirmation(diagnosis: Json) -> Verdict:
    confirmation = word(diagnosis, "confirmation")
    if confirmation == "histology":
        return "pass"
    if confirmation == "clinical":
        return "fail"
    return "unknown"  # B2: cytology is not "histologically confirmed", but close to it


def _luminal_or_triple_negative(specimens: list[Json]) -> Verdict:
    er = _percentage(specimens, "er")
    pr = _percentage(specimens, "pr")
    # A2: ">1% positive tumor cells", ER or PR.
    if er.surely_above(1) or pr.surely_above(1):
        return "pass"
    # A3: "<1%", ER and PR.
    if er.surely_below(1) and pr.surely_below(1):
        return "pass"
    return "unknown"  # A1, A4, A5: exactly 1, missing or straddling; the stratum is in doubt


def _percentage(specimens: list[Json], receptor: str) -> Range:
    """A7: what covers all specimens, so that discordant ones stay undecided."""
    found: list[Range] = []
    for specimen in specimens:
        percent = number(specimen, f"{receptor}_percent", highest=100)
        status = word(specimen, f"{receptor}_status")
        by_word = None if status is None else _STATUS[status]
        if percent is None and by_word is None:
            if is_open(specimen, f"{receptor}_percent", f"{receptor}_status"):
                return _ANY_PERCENTAGE
            continue
        known = overlap(percent or _ANY_PERCENTAGE, by_word or _ANY_PERCENTAGE)
        if known is None:
            return _ANY_PERCENTAGE  # the word contradicts the number
        found.append(known)
    return covering(found) or _ANY_PERCENTAGE


def _her2_negative(specimens: list[Json]) -> Verdict:
    """Registry: "0-1+ or when HER2 2+ shows no amplification by FISH or CISH"."""
    if not any(word(each, "her2_ihc") for each in specimens):
        return _her2_by_word(specimens)
    by_score = _her2_by_score(specimens)
    scoreless = [each for each in specimens if word(each, "her2_ihc") is None]
    words = {word(each, "her2_status") for each in scoreless} - {None}
    if by_score == "fail":
        # A7: another specimen called anything but positive disagrees.
        return "fail" if words <= {"positive"} else "unknown"
    return "unknown" if "positive" in words else by_score


def _her2_by_score(specimens: list[Json]) -> Verdict:
    scores = [score for each in specimens if (score := _score_of(each)) is not None]
    ihc = covering(scores) or _ANY_SCORE
    ish = _ish_where_called_for(specimens)
    if ihc.low == 3:
        return "fail"  # A12: 3+ whatever the hybridisation says
    if ihc.high <= 1:
        return "pass"  # A8
    if ihc.high == 2 and ish == _NOT_AMPLIFIED:
        return "pass"
    if ihc.low == 2 and ish == _AMPLIFIED:
        return "fail"  # 2+ amplified, or 3+
    return "unknown"  # A9: not done, equivocal or pending; A7: the scores differ too far


def _score_of(specimen: Json) -> Range | None:
    """What one specimen says of the stain; any score where it is in doubt, none where it is silent."""
    score = number(specimen, "her2_ihc", highest=3, whole=True)
    called = word(specimen, "her2_status")
    if score is None:
        # A12: hybridised or called equivocal, yet without a score; or a score still to come.
        tested = _mentions_ish(specimen) or called == "equivocal"
        return _ANY_SCORE if tested or is_open(specimen, "her2_ihc") else None
    if score.high <= 1 and (called == "positive" or _amplification_in_play(specimen)):
        return _ANY_SCORE  # A12: contradicts itself, or may
    if score.low == 3 and called in ("negative", "low", "ultralow"):
        return _ANY_SCORE
    return score


def _amplification_in_play(specimen: Json) -> bool:
    """Whether the report's word or its numbers allow an amplified gene, by whatever assay."""
    final = word(specimen, "her2_ish")
    ratio = number(specimen, "her2_ratio", highest=100)
    copies = number(specimen, "her2_copies", highest=100)
    groups = [] if ratio is copies is None else _groups(ratio or _ANY_AMOUNT, copies or _ANY_AMOUNT)
    if final is not None and any(final in _WORDS_OF_GROUP[group] for group in groups):
        return final == "amplified"  # A10: the report's final word
    if final == "amplified":
        return True
    to_come = is_open(specimen, "her2_copies")
    if (
        copies is None
        and not to_come
        and ratio is not None
        and ratio.surely_below(2)
        and final is None
    ):
        groups = [group for group in groups if group != 3]  # six copies, which nobody counted
    return any(group in (1, 3) for group in groups)


def _ish_where_called_for(specimens: list[Json]) -> frozenset[str]:
    """The results of the specimens that need one: those that may be 2+, or were only hybridised."""
    results = [_ish_of(each) or _ANY_RESULT for each in specimens if _calls_for_ish(each)]
    return frozenset[str]().union(*results) or _ANY_RESULT


def _calls_for_ish(specimen: Json) -> bool:
    score = number(specimen, "her2_ihc", highest=3, whole=True)
    if score is None:
        return _mentions_ish(specimen)
    return score.low <= 2 <= score.high


def _mentions_ish(specimen: Json) -> bool:
    fields = ("her2_ish", "her2_ratio", "her2_copies")
    return any(word(specimen, each) for each in fields) or is_open(specimen, *fields)


def _her2_by_word(specimens: list[Json]) -> Verdict:
    """A13: no score anywhere, only a word; A12: hybridisation alone decides nothing."""
    words = {word(each, "her2_status") for each in specimens} - {None}
    in_doubt = any(is_open(each, "her2_status") for each in specimens)
    return "fail" if words == {"positive"} and not in_doubt else "unknown"


def _ish_of(specimen: Json) -> frozenset[str] | None:
    """The results one specimen may have; none when it says nothing of hybridisation."""
    final = word(specimen, "her2_ish")
    ratio = number(specimen, "her2_ratio", highest=100)
    copies = number(specimen, "her2_copies", highest=100)
    if word(specimen, "her2_ish_method") == "ngs":
        return _ANY_RESULT  # A11: not an assay of the text
    if ratio is None and copies is None:
        if final is None and is_disputed(specimen, "her2_ish", "her2_ratio", "her2_copies"):
            return _ANY_RESULT
        return None if final is None else frozenset({final})
    # One number without the other still rules out some groups: 6 copies are amplified anyway.
    groups = _groups(ratio or _ANY_AMOUNT, copies or _ANY_AMOUNT)
    if final is None:
        return frozenset(_RESULT_OF_GROUP[group] for group in groups)
    if any(final in _WORDS_OF_GROUP[group] for group in groups):
        return frozenset({final})  # A10: the report's final word
    return _ANY_RESULT  # the word and the numbers contradict each other


def _groups(ratio: Range, copies: Range) -> list[int]:
    """A10: the groups in which the ratio and the copies per cell may lie."""
    ratio_may_reach_2, ratio_may_be_less = not ratio.surely_below(2), ratio.low < 2
    groups = []
    if ratio_may_reach_2 and not copies.surely_below(4):
        groups.append(1)
    if ratio_may_reach_2 and copies.low < 4:
        groups.append(2)
    if ratio_may_be_less and not copies.surely_below(6):
        groups.append(3)
    if ratio_may_be_less and not copies.surely_below(4) and copies.low < 6:
        groups.append(4)
    if ratio_may_be_less and copies.low < 4:
        groups.append(5)
    return groups
