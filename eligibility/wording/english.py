"""English: every sentence an explanation may need, and how English writes lists, codes, dates and units."""

from __future__ import annotations

from eligibility.dates import Duration
from eligibility.wording.voice import Voice

SENTENCES: dict[str, str] = {
    # labels of a criterion, by kind and verdict
    "label.inclusion.pass": "met",
    "label.inclusion.fail": "not met",
    "label.inclusion.unknown": "review",
    "label.exclusion.pass": "clear",
    "label.exclusion.fail": "triggered",
    "label.exclusion.unknown": "review",
    # decisions
    "decision.eligible": "ELIGIBLE: every criterion passes. The investigator decides.",
    "decision.ineligible": "INELIGIBLE because of {criteria}.",
    "decision.undetermined": "UNDETERMINED because of {criteria}.",
    "decision.alarm": "UNDETERMINED: the two evaluators did not agree, so no verdict is given. {message}",
    # how a leaf compares
    "operator.at_most": "at most {limit}",
    "operator.at_least": "at least {limit}",
    "operator.more_than": "more than {limit}",
    "operator.less_than": "less than {limit}",
    "operator.exactly": "exactly {limit}",
    "operator.not_exactly": "other than {limit}",
    "requirement.number": "{title} {comparison}",
    "requirement.date": "{title} {comparison} before {anchor}",
    "comparison.date": "{comparison} before {anchor}",
    "requirement.one_of": "{title}: {codes}",
    "requirement.none_of": "{title}: not {codes}",
    "requirement.complete": "a complete list: {title}",
    "anchor.planned_start": "the planned start",
    "anchor.screening": "screening",
    # what a criterion's leaf says
    "found.value": "{title}: {value}",
    "found.item": "{title} of {item}",
    "found.item_name": "{title} {number}",
    "found.derived": "{value} (recorded: {recorded})",
    "found.limit": "{value} against an upper limit of {limit}",
    "found.unclear": "unclear",
    "found.assumed": "{title} assumed: {assumption}",
    "found.no_items": "{title}: nothing listed that counts, and the list is declared complete",
    "found.days": "{date} ({days} days before {anchor})",
    "found.ongoing": "still going on",
    "found.not_after": "no later than {date}",
    "found.stand_in": "{title} {value}",
    "found.required": "{found} (needed: {requirement})",
    "open.not_recorded": "{title}: not recorded",
    "open.not_recorded_because": "{title}: not known ({note})",
    "open.pending": "{title}: pending",
    "open.unreadable": "{title} cannot be read",
    "open.unreadable_because": "{title} cannot be read: {note}",
    "open.conflicting": "{title}: the record contradicts itself",
    "open.conflicting_because": "{title}: the record contradicts itself ({note})",
    "open.straddles": "{title} is {value}, which leaves open whether it is {comparison}",
    "open.stand_in": "{title}: not recorded, and {value} cannot settle whether it is {comparison}",
    "open.start": "the planned start is not known, so the time since {title} cannot be counted",
    "open.incomplete": "the list is not declared complete: {title}",
    "open.protocol_gap": "the protocol leaves this open: {note}",
    "open.needs_judgement": "for the investigator: {note}",
    "open.suspected": "{title}: {note}",
    "sentence.reading": "{name}: {meaning}",
    "sentence.original": "{text}",
    "sentence.more": "and {count} more",
    "sentence.nothing_needed": "nothing in the record speaks against it",
    "sentence.alarm": "no verdict: {message}",
    # what can be done
    "action.never": "will not change",
    "action.wait": "passes by waiting",
    "action.wait_until": "passes by waiting, from {date}",
    "action.wait_open": "no longer fails from {date}, but stays open then",
    "action.rescreen_until": "passes if screened again from {date} on",
    "action.rescreen_open": "no longer fails if screened again from {date} on, but stays open then",
    "action.retest_until": "passes with a fresh test, for a start from {date} on",
    "action.retest_open": "no longer fails with a fresh test for a start from {date} on, but stays open then",
    "action.retest": "fails as things are; passes only if a new test or assessment shows otherwise",
    "action.ask_again": "assess or ask again; the entry is, or may be, too old to speak of today",
    "action.retest_old": "repeat the test; this one is too old for the planned start",
    "action.fetch": "find it in the record or ask for it",
    "action.decide": "for the investigator to judge",
    "action.decide_until": "for the investigator to judge; no longer open from {date}",
    "action.decide_again": "for the investigator to judge; no longer open if screened again from {date} on",
    # questions
    "question.start": "What is the planned date of the first dose?",
    "question.item": "{item}: {question}",
    "question.gap": "{criterion}: {note}",
    # margins
    "margin.number": "{title} {value}, limit {limit}",
    "margin.expires": "counts for a start until {until}: {title}",
    "margin.cleared": "{title}: the window was left {days} days ago",
    # flags
    "flag.green": "within the limits of every common sister protocol",
    "flag.amber": "accepted by some sister protocols only",
    "flag.red": "beyond the limits of all common sister protocols",
    "flag.stale": "the sample is undated, or older than 14 days at the start: repeat it",
    "flag.unknown": "no usable result",
    "list.or": " or ",
    "list.and": " and ",
    "list.comma": ", ",
    "list.semicolon": "; ",
    # a condition as a tree
    "tree.all_of": "all of",
    "tree.any_of": "any of",
    "tree.not": "not",
    "tree.some": "some {title} of which",
    "tree.review": "left open ({reason}: {note}) if",
    "reason.not_recorded": "not recorded",
    "reason.pending": "pending",
    "reason.unreadable": "unreadable",
    "reason.straddles": "straddles",
    "reason.conflicting": "conflicting",
    "reason.protocol_gap": "protocol gap",
    "reason.needs_judgement": "needs judgement",
    "tree.gap": "left open: {note}",
    "tree.always": "always",
    "tree.never": "never",
    "tree.root": "the statement holds if",
    "tree.no_items": "none is listed",
    "tree.complete": "the list is complete",
    "tree.incomplete": "the list is not known to be complete: there may be more",
    "tree.not_known": "not known",
    # the page for the terminal
    "page.no_screening_id": "(no screening id)",
    "page.patient": "Patient {who}   trial {trial} {title}",
    "page.dates": "judged as of {as_of}, planned start {start}{readings}, site profile {profile}",
    "page.not_known": "not known",
    "page.readings": ", other readings: {readings}",
    "page.no_profile": "none",
    "page.blockers": "What stands in the way",
    "page.blocker": "{criterion} {title}: {text}",
    "page.questions": "What to find out next",
    "page.question_settles": "{question} [can settle {criteria}{needed}]",
    "page.question_bears_on": "{question} [bears on {criteria}{needed}]",
    "page.needed": "; needed: {requirements}",
    "page.settled": "Need not be found out any more",
    "page.settled_final": "Need not be found out any more: nothing can change the decision",
    "page.settled_line": "{title} ({criteria})",
    "page.start_dates": "Start dates",
    "page.margins": "Close to a limit",
    "page.margin": "{criterion}: {text}",
    "page.forcing": "These facts alone make the patient ineligible",
    "page.no_start": "no start date is possible on this screening{again}",
    "page.again": "; screen again from {date}",
    "page.possible_from": "possible from {date}{held}{repeat}{open}",
    "page.not_before": "not before {date}{held}{repeat}{open}",
    "page.held_back": ", held back by {criteria}",
    "page.repeat": "; tests to repeat for it: {criteria}",
    "page.open_then": "; still open then: {criteria}",
    "page.holds": '"{decision}" holds for starts until {date}, then {criteria} changes',
    "page.period": "{span}: {decision}{because}",
    "page.on_day": "on {date}",
    "page.span": "{first} to {last}",
    "page.span_open": "{first} to any later day",
    "page.because": " ({parts})",
    "page.fails": "fails {criteria}",
    "page.repeat_test": "{criterion}, repeat the test",
    "page.open": "open {criteria}",
    "page.flags": "Laboratory, advisory colours only",
    "page.flag_result": "result",
    "page.flag_value": "value",
    "page.colour": "colour",
    "page.criteria": "Every criterion",
    "page.criterion": "criterion",
    "page.verdict": "verdict",
    "page.why": "why",
    "page.chart": "chart: {evidence}",
    "page.assumed": "assumed: {assumption}",
    "page.reading": "reading: {reading}",
    "page.cited": "{field} = {value}",
    "page.cited_at": "{field} = {value} ({place})",
    "page.foot": "rules {rules}, decided by {engine}, checked by the reference. "
    "This supports the investigator's decision; it does not enrol.",
    "page.column_patient": "patient",
    "page.column_decision": "decision",
    "page.column_deciding": "deciding",
    "page.column_question": "next question",
    "page.column_from": "possible from",
    "page.all_pass": "all pass",
    "page.and_more": "and {count} more",
    "colour.green": "green",
    "colour.amber": "amber",
    "colour.unknown": "unknown",
    "colour.red": "red",
    "word.eligible": "eligible",
    "word.ineligible": "ineligible",
    "word.undetermined": "undetermined",
    # the figures of a batch
    "figure.one_patient": "1 patient",
    "figure.patients": "{count} patients",
    "figure.none": "none",
    "figure.attrition": "Attrition: patients lost to each criterion",
    "figure.attrition_reads": (
        "Of {patients} {left} fail no criterion, and {undetermined} of these are undetermined. Sequential and "
        "independent counts differ, since a patient may fail several."
    ),
    "figure.all_screened": "All patients screened",
    "figure.sequential": "Sequential: left after each criterion, in order",
    "figure.independent": "Independent: each by itself",
    "figure.passing_so_far": "passing so far",
    "figure.undetermined_so_far": "undetermined so far",
    "figure.fails_it": "fails it",
    "figure.criterion": "criterion",
    "figure.entering": "entering",
    "figure.lost": "lost",
    "figure.left": "left",
    "figure.of_these_undetermined": "of these undetermined",
    "figure.fail_by_itself": "fail it by itself",
    "figure.verdicts": "Verdicts by criterion: fails, undetermined, passes",
    "figure.fails": "fails",
    "figure.undetermined": "undetermined",
    "figure.passes": "passes",
    "figure.failed_most": "{criterion} is failed most often, by {count} of {patients}.",
    "figure.several_failed_most": "{number} criteria are failed most often, by {count} of {patients} each.",
    "figure.none_failed": "No patient fails any criterion.",
    "figure.open_criteria": "Missing data: criteria that are undetermined",
    "figure.undetermined_for": "undetermined for",
    "figure.undetermined_most": "{criterion} is undetermined most often, for {count} of {patients}.",
    "figure.several_undetermined_most": (
        "{number} criteria are undetermined most often, for {count} of {patients} each."
    ),
    "figure.none_undetermined": "No criterion is undetermined for any patient.",
    "figure.next_questions": "Missing data: what to find out next",
    "figure.questions_read": (
        "Something is to be found out for {patients}; each is counted once, by the question that would settle most."
    ),
    "figure.questions_not_asked": "Questions were not asked for in this run (--verdicts-only).",
    "figure.other_questions": "all other questions together",
    "figure.next_question": "next question",
    "figure.patients_column": "patients",
    "figure.gain": "Gain if one criterion were dropped",
    "figure.gain_reads": (
        "Near misses, with one criterion failed and all others passed: {count}. "
        "For talks about the protocol; never a reason to waive a criterion."
    ),
    "figure.dropped": "criterion dropped",
    "figure.failed_to_eligible": "ineligible → eligible",
    "figure.open_to_eligible": "undetermined → eligible",
    "figure.failed_to_undetermined": "ineligible → undetermined",
}


class English(Voice):
    """The language the library is written in: what the catalogue says is said as it stands."""

    language = "en"

    def words_of(self, code: str) -> str:
        """`not_amplified` reads "not amplified"."""
        return code.replace("_", " ")

    def text(self, fixed: str) -> str:
        """As it stands."""
        return fixed

    def date(self, written: str) -> str:
        """As it stands: ISO, or `day N`."""
        return written

    def with_unit(self, value: str, unit: str) -> str:
        """`24 mm`."""
        return f"{value} {unit}"

    def limit(self, written: str) -> str:
        """As it stands in the criteria."""
        return written

    def duration(self, length: Duration) -> str:
        """`21 days`."""
        return str(length)

    def sentence(self, text: str) -> str:
        """With a capital letter and a full stop."""
        return text[:1].upper() + text[1:] + "."

    def opening(self, item: str) -> str:
        """With a capital letter."""
        return item.capitalize()

    def result_of(self, title: str) -> str:
        """The result whose sample date a title speaks of; any other title as it stands."""
        return title.removeprefix("sample date of the latest ")


ENGLISH = English(SENTENCES)
