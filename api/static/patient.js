// The patient page lives: the answer follows every key, nothing typed is lost, the start is dragged on the chart.
import { send, take, takesFiles } from "./base.js";
import {
  apply, before, begin, by, differing, draft, end, fieldsOf, fieldsToAsk, forget, form, isFilled, keep, pending, setAside, swap,
  typed, wholeForm,
} from "./patient_draft.js";
import { drag, grab, letGo, slide, startAt } from "./patient_time.js";

const RETRY = 2000, PATIENCE = 3000, MOST_PATIENCE = 12000;
// What to say of a refusal; anything else may be gone the next time.
const REFUSED = { 401: "signedOut", 403: "expired", 409: "expired", 422: "expired" };
const PASSING = ["offline", "notAnswered"];
let asking = null, making = null, retrying = 0, patience = PATIENCE, paging = Promise.resolve(), pages = 0, leaving = false;

// Asking, and saying when there is no answer

/** The answer's text, or why there is none. A connection that hangs is given up: an old answer must not stand for long. */
async function fetched(path, fields, { control = new AbortController(), unattended = false } = {}) {
  let isLate = false;
  const timer = setTimeout(() => { isLate = true; control.abort(); }, patience);
  try {
    const answer = await send(path, fields, { signal: control.signal, unattended });
    if (!answer.ok) return { why: REFUSED[answer.status] ?? "notAnswered", status: answer.status };
    const text = await answer.text();
    patience = PATIENCE;
    return { why: "", text };
  } catch {
    if (isLate) patience = Math.min(2 * patience, MOST_PATIENCE);
    return { why: isLate ? "notAnswered" : "offline" };
  } finally { clearTimeout(timer); }
}

async function ask({ unattended = false } = {}) {
  if (pages || leaving) return; // the page that is under way asks again if anything was typed meanwhile
  if (pending) { await restore(unattended); return; }
  asking?.abort();
  clearTimeout(retrying);
  const mine = asking = new AbortController();
  state("stale", true);
  const { why, text } = await fetched("/patient/answer", fieldsToAsk(), { control: mine, unattended });
  if (mine !== asking || leaving) return;
  if (why) failed(why);
  else { show(text); tell(""); }
}

function failed(why) {
  tell(why);
  clearTimeout(retrying);
  if (PASSING.includes(why)) retrying = setTimeout(() => ask({ unattended: true }), RETRY);
}

/** Of the answer, and of the bar that tells it on small screens. */
function state(name, isSo) {
  for (const id of ["answer", "bar"]) by(id).classList.toggle(name, isSo);
}

function tell(why) {
  const banner = by("banner"), said = by("banner-words");
  const words = why ? banner.dataset[why] : "";
  if (banner.hidden !== !why) banner.hidden = !why;
  state("outdated", Boolean(why));
  if (said.textContent !== words) said.textContent = words;
  for (const link of banner.querySelectorAll("a")) link.hidden = link.dataset.for !== why;
}

// The answer

function show(text) {
  const fresh = document.createElement("template");
  fresh.innerHTML = text;
  const open = [...document.querySelectorAll("#answer details[open]")].map((each) => each.id);
  const focused = document.activeElement?.closest("#answer") ? place(document.activeElement) : null;
  for (const id of ["answer-top", "time-body", "answer-criteria"]) {
    const found = fresh.content.getElementById(id);
    const old = by(id);
    for (const name of Object.keys(old.dataset)) if (!(name in found.dataset)) delete old.dataset[name];
    Object.assign(old.dataset, found.dataset);
    old.replaceChildren(...found.childNodes);
  }
  for (const id of open) by(id)?.setAttribute("open", "");
  focused?.();
  by("shown-json").value = fresh.content.getElementById("shown-json").value;
  state("stale", false);
  mark();
  slide();
  say();
}

/** Where the focus is in the answer, so that it can be put back when its part has been replaced. */
function place(element) {
  if (element.id === "start-slider") return null;
  const within = element.closest("[id]");
  const all = [...within.querySelectorAll("a, summary, [tabindex]")];
  const number = all.indexOf(element);
  const [id, isItself] = [within.id, within === element];
  return () => {
    const now = by(id);
    const target = isItself ? now : now && [...now.querySelectorAll("a, summary, [tabindex]")][number];
    target?.focus({ preventScroll: true });
  };
}

/** Faults beside their fields. */
function mark() {
  for (const each of form().querySelectorAll("[aria-invalid]")) {
    each.removeAttribute("aria-invalid");
    each.removeAttribute("aria-describedby");
  }
  for (const each of form().querySelectorAll(".fault")) each.remove();
  for (const fault of document.querySelectorAll("#answer-top .faults li")) {
    const field = fault.dataset.name && by(`f-${fault.dataset.name}`);
    if (!field) continue;
    const id = `w-${fault.dataset.name}`;
    const words = by(id) ?? document.createElement("p");
    words.textContent = words.textContent ? `${words.textContent}; ${fault.dataset.words}` : fault.dataset.words;
    words.id = id;
    words.className = "fault";
    field.after(words);
    field.setAttribute("aria-invalid", "true");
    field.setAttribute("aria-describedby", id);
  }
}

/** Aloud only when the decision changes; the bar of small screens likewise. */
let said = by("answer-top")?.dataset.decision;
function say() {
  const decision = by("answer-top").dataset.decision;
  if (decision === said) return;
  said = decision;
  const words = document.querySelector("#answer-top .decision-word").textContent.trim();
  by("said").textContent = words;
  by("bar-status").className = `status ${decision}`;
  by("bar-status").textContent = words;
}

// Buttons that make the page anew, without leaving it

/** The page made from what is sent, one at a time; why it could not be, and what is typed meanwhile stays typed. */
async function replacePage(sent, focus, { since, unattended } = {}) {
  const turn = paging;
  let done;
  paging = new Promise((resolve) => { done = resolve; });
  pages += 1;
  await turn;
  let found;
  try { found = await page(sent, focus, { since, unattended }); } finally { pages -= 1; done(); }
  if (!found.why) keep();
  if (found.isBehind && !pages) ask();
  return found;
}

async function page(sent, focus, { since = typed(), unattended }) {
  if (leaving) return { why: "left" };
  asking?.abort();
  asking = null;
  clearTimeout(retrying);
  state("stale", true);
  const at = document.activeElement;
  making = new AbortController();
  const { why, status, text } = await fetched("/patient", sent(), { control: making, unattended });
  if (leaving) return { why: "left" };
  if (why) {
    failed(why);
    return { why, status };
  }
  const changes = differing(since), hand = handOf();
  const isElsewhere = !focus || document.activeElement !== at;
  const fresh = document.createElement("template");
  fresh.innerHTML = text;
  const open = [...document.querySelectorAll("#answer details[open], #json[open]")].map((each) => each.id);
  const names = new Set([...form().elements].map((each) => each.name));
  by("content").replaceChildren(...fresh.content.childNodes);
  for (const id of open) by(id)?.setAttribute("open", "");
  apply(changes);
  end();
  slide();
  const added = [...form().elements].find((each) => each.name && each.type !== "hidden" && !names.has(each.name));
  if (isElsewhere) hand();
  else (focus === "added" ? added : by(focus))?.focus();
  said = undefined;
  say();
  notice();
  return { why: "", isBehind: changes.length > 0 };
}

/** Where somebody is typing, to go on there. */
function handOf() {
  const { id, selectionStart, selectionEnd } = document.activeElement ?? {};
  return () => {
    const field = id && by(id);
    if (!field) return;
    field.focus({ preventScroll: true });
    if (typeof selectionStart === "number") field.setSelectionRange(selectionStart, selectionEnd);
  };
}

/** Makes the page from its draft, which is kept until that is done. */
async function restore(unattended = false) {
  const { draft: wanted, since } = pending;
  const { why, status, isBehind } = await replacePage(() => fieldsOf(wanted.texts), null, { since, unattended });
  if (!why) keep(wanted.isTyped || isBehind);
  else if (status === 422) { // a draft of another version of the form
    setAside();
    end();
    notice();
    ask();
  }
}

/** Waits for a draft that is being brought back: no button may act on a form without it. */
async function settled() {
  if (pending) {
    await ask();
    await paging;
  }
  return !pending;
}

function notice() {
  by("before").hidden = !before();
}

async function pressed(event) {
  const button = event.submitter;
  if (event.target.getAttribute("action") === "/sign-out") { leave(); return; }
  if (button?.id === "clear") return clear(event);
  if (event.target !== form() || button?.hasAttribute("data-leave")) return;
  event.preventDefault();
  if (!button?.value) {
    await ask();
    if (button?.id === "screen") by("answer").focus();
    return;
  }
  if (!await settled()) return;
  const [act, target] = button.value.split(":");
  if (act === "fill") return fill(button);
  const lists = act === "remove" ? `list-${target.replace(/\.[^.]+$/, "")}` : "";
  await replacePage(() => wholeForm(button), act === "add" ? "added" : button.id || "patient");
  if (lists) by(lists)?.querySelector("button[value^=add]")?.focus();
}

/** A profile takes the place of what was typed, which can be brought back. */
async function fill(button) {
  const undo = setAside();
  const { why } = await replacePage(() => wholeForm(button), button.id);
  if (why || by("f-profile_json").hasAttribute("aria-invalid")) undo();
  notice();
}

function clear(event) {
  const words = form()?.dataset.clear;
  event.preventDefault();
  if (words && isFilled(typed()) && !confirm(words)) return;
  leave();
  form()?.reset();
  location.replace("/patient");
}

/** Nothing of the patient stays, and nothing that is under way brings it back. */
function leave() {
  forget();
  leaving = true;
  asking?.abort();
  making?.abort();
  clearTimeout(retrying);
}

// Pasting, dropping, copying

const pasted = () => by("f-profile_json");

const fillIn = () => by("fill").click();

async function copy() {
  const text = by("shown-json");
  text.select();
  try { await navigator.clipboard.writeText(text.value); } catch { document.execCommand("copy"); }
  by("said").textContent = by("copy").dataset.done;
}

// Everything that happens

function changed() {
  keep();
  ask();
}

document.addEventListener("input", (event) => {
  if (event.target.id === "start-slider") {
    if (startAt(Number(event.target.value))) changed();
    return;
  }
  if (!event.target.closest("#patient") || event.target.closest("#json")) return;
  changed();
});
document.addEventListener("change", (event) => {
  if (event.target.id === "f-profile_file") take(event.target.files[0], pasted(), fillIn);
  else if (event.target.matches("select[data-whole]")) {
    const { id } = event.target;
    settled().then((isSo) => { if (isSo) replacePage(() => wholeForm(), id); });
  }
});
document.addEventListener("submit", pressed);
document.addEventListener("click", (event) => {
  if (event.target.id === "copy") copy();
  if (event.target.id === "before-back") paging.then(() => { swap(); ask(); });
  const link = event.target.closest?.("a[data-field]");
  if (!link) return;
  const field = by(`f-${link.dataset.field}`);
  if (!field) return;
  event.preventDefault();
  for (let within = field.closest("details"); within; within = within.parentElement.closest("details")) within.open = true;
  field.scrollIntoView({ block: "center" });
  field.focus({ preventScroll: true });
});
document.addEventListener("pointerdown", (event) => { if (grab(event)) changed(); });
addEventListener("pointermove", (event) => { if (drag(event)) changed(); });
for (const end of ["pointerup", "pointercancel", "blur"]) addEventListener(end, letGo);
takesFiles(document, { field: pasted, marked: () => by("drop"), taken: fillIn });
addEventListener("online", () => { if (form()) ask(); });
addEventListener("pageshow", (event) => { if (event.persisted && leaving) location.reload(); });

if (form()) {
  const found = draft();
  if (found && (found.at === location.search || !location.search)) {
    begin(found);
    restore();
  } else {
    setAside();
    if (location.search) keep(false);
    slide();
  }
  notice();
}
