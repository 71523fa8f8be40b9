// The patient page lives: the answer follows every key, nothing typed is lost, the start is dragged on the chart.
import { send } from "./base.js";

const DRAFT = "patient-draft", BEFORE = "patient-draft-before";
const NEVER_KEPT = ["csrf", "request_key", "profile_json", "profile_file", "act"];
const RETRY = 2000;
const DAY = 86400000;
const chinese = document.documentElement.lang.startsWith("zh");
let asking = null, retrying = 0, dragged = null, leaving = false;

const form = () => document.getElementById("patient");
const by = (id) => document.getElementById(id);
const named = (name) => form().elements.namedItem(name);

// What is in the form

function typed() {
  return [...new FormData(form())].filter(([name, value]) => typeof value === "string" && !NEVER_KEPT.includes(name));
}

function fieldsToAsk() {
  const fields = new FormData();
  for (const [name, value] of typed()) if (value !== "") fields.append(name, value);
  return fields;
}

function wholeForm(button) {
  const fields = new FormData();
  for (const [name, value] of new FormData(form())) if (typeof value === "string") fields.append(name, value);
  if (button) fields.append("act", button.value);
  return fields;
}

// Drafts: in this tab only, for this person only

function keep(isTyped = true) {
  const draft = { person: form().dataset.person, at: location.search, texts: typed(), isTyped };
  try { sessionStorage.setItem(DRAFT, JSON.stringify(draft)); } catch { /* full or forbidden: the page goes on without */ }
}

function kept(key) {
  try {
    const draft = JSON.parse(sessionStorage.getItem(key) ?? "null");
    return draft && draft.person === form().dataset.person ? draft : null;
  } catch { return null; }
}

function forget() {
  for (const key of [DRAFT, BEFORE]) sessionStorage.removeItem(key);
}

async function restore(draft) {
  const fields = new FormData();
  for (const [name, value] of draft.texts) fields.append(name, value);
  await replacePage(fields);
  keep(draft.isTyped);
}

// The answer

async function ask() {
  asking?.abort();
  clearTimeout(retrying);
  const mine = asking = new AbortController();
  by("answer").classList.add("stale");
  try {
    const answer = await send("/patient/answer", fieldsToAsk(), { signal: mine.signal });
    if (mine !== asking) return;
    if (answer.ok) {
      const text = await answer.text();
      if (mine !== asking) return;
      show(text);
      tell("");
    } else if (answer.status === 401) tell("signedOut");
    else again("notAnswered");
  } catch (error) {
    if (error.name !== "AbortError" && mine === asking) again("offline");
  }
}

function again(why) {
  tell(why);
  clearTimeout(retrying);
  retrying = setTimeout(ask, RETRY);
}

function tell(why) {
  const banner = by("banner");
  const words = why ? banner.dataset[why] : "";
  if (banner.hidden !== !why) banner.hidden = !why;
  by("answer").classList.toggle("outdated", Boolean(why));
  if (banner.textContent !== words) banner.textContent = words;
}

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
  by("answer").classList.remove("stale");
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

async function replacePage(fields, focus) {
  asking?.abort();
  clearTimeout(retrying);
  let answer;
  try { answer = await send("/patient", fields); } catch { tell("offline"); return; }
  if (!answer.ok) { tell(answer.status === 401 ? "signedOut" : "notAnswered"); return; }
  const fresh = document.createElement("template");
  fresh.innerHTML = await answer.text();
  const open = [...document.querySelectorAll("#answer details[open], #json[open]")].map((each) => each.id);
  const names = new Set([...form().elements].map((each) => each.name));
  by("content").replaceChildren(...fresh.content.childNodes);
  for (const id of open) by(id)?.setAttribute("open", "");
  slide();
  const added = [...form().elements].find((each) => each.name && each.type !== "hidden" && !names.has(each.name));
  (focus === "added" ? added : by(focus))?.focus();
  said = undefined;
  say();
  keep();
}

async function pressed(event) {
  const button = event.submitter;
  if (event.target.getAttribute("action") === "/sign-out") { forget(); leaving = true; return; }
  if (button?.id === "clear") return clear(event);
  if (event.target !== form() || button?.hasAttribute("data-leave")) return;
  event.preventDefault();
  if (!button?.value) {
    await ask();
    if (button?.id === "screen") by("answer").focus();
    return;
  }
  const [act, target] = button.value.split(":");
  const lists = act === "remove" ? `list-${target.replace(/\.[^.]+$/, "")}` : "";
  await replacePage(wholeForm(button), act === "add" ? "added" : button.id || "patient");
  if (lists) by(lists)?.querySelector("button[value^=add]")?.focus();
}

function clear(event) {
  const words = form()?.dataset.clear;
  event.preventDefault();
  if (words && typed().some(([name, value]) => value && name !== "trial" && name !== "as_of") && !confirm(words)) return;
  forget();
  leaving = true;
  asking?.abort();
  form()?.reset();
  location.replace("/patient");
}

// Pasting, dropping, copying

async function take(file) {
  if (!file) return;
  by("json").open = true;
  by("f-profile_json").value = await file.text();
  by("fill").click();
}

async function copy() {
  const text = by("shown-json");
  text.select();
  try { await navigator.clipboard.writeText(text.value); } catch { document.execCommand("copy"); }
  by("said").textContent = by("copy").dataset.done;
}

// Time: the slider, and the line that is dragged

function scale() {
  const { origin, days, from, start } = by("time-body")?.dataset ?? {};
  if (!origin) return null;
  return { origin, days: Number(days), from: Number(from), start: start === "" ? null : Number(start) };
}

function written(at, offset) {
  const counted = /^day (-?\d+)$/.exec(at.origin);
  if (counted) return `day ${Number(counted[1]) + offset}`;
  return new Date(Date.parse(`${at.origin}T00:00:00Z`) + offset * DAY).toISOString().slice(0, 10);
}

function spoken(text) {
  if (!/^\d{4}-/.test(text)) return text;
  const told = { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" };
  return new Intl.DateTimeFormat(chinese ? "zh-CN" : "en-GB", told).format(new Date(`${text}T00:00:00Z`));
}

function slide() {
  const slider = by("start-slider"), at = scale();
  if (!slider) return;
  slider.disabled = !at;
  if (!at) return;
  slider.min = at.from;
  slider.max = at.days;
  const value = at.start ?? at.from;
  if (document.activeElement !== slider || Number(slider.value) !== value) slider.value = value;
  slider.setAttribute("aria-valuetext", spoken(written(at, Number(slider.value))));
}

function start(offset) {
  const at = scale();
  if (!at) return;
  const field = named("planned_start");
  const day = written(at, Math.min(Math.max(Math.round(offset), at.from), at.days));
  if (field.value === day) return;
  field.value = day;
  by("start-slider").setAttribute("aria-valuetext", spoken(day));
  changed();
}

function drag(event) {
  const at = dragged;
  start((event.clientX - at.left) / at.width * (at.days + 1) - 0.5);
  event.preventDefault();
}

function grab(event) {
  const chart = event.target.closest?.(".chart"), at = scale();
  if (!chart || !at || event.button !== 0) return;
  const box = chart.getBoundingClientRect();
  dragged = { left: box.left, width: box.width, days: at.days };
  drag(event);
}

// Everything that happens

function changed() {
  keep();
  ask();
}

document.addEventListener("input", (event) => {
  if (event.target.id === "start-slider") return start(Number(event.target.value));
  if (!event.target.closest("#patient") || event.target.closest("#json")) return;
  changed();
});
document.addEventListener("change", (event) => {
  if (event.target.id === "f-profile_file") take(event.target.files[0]);
  else if (event.target.matches("select[data-whole]")) replacePage(wholeForm(), event.target.id);
});
document.addEventListener("submit", pressed);
document.addEventListener("click", (event) => {
  if (event.target.id === "copy") copy();
  if (event.target.id === "before-back") { restore(kept(BEFORE)); sessionStorage.removeItem(BEFORE); }
  const link = event.target.closest?.("a[data-field]");
  if (!link) return;
  const field = by(`f-${link.dataset.field}`);
  if (!field) return;
  event.preventDefault();
  for (let within = field.closest("details"); within; within = within.parentElement.closest("details")) within.open = true;
  field.scrollIntoView({ block: "center" });
  field.focus({ preventScroll: true });
});
document.addEventListener("pointerdown", grab);
addEventListener("pointermove", (event) => { if (dragged) drag(event); });
for (const end of ["pointerup", "pointercancel", "blur"]) addEventListener(end, () => { dragged = null; });
for (const name of ["dragover", "dragleave", "drop"]) {
  document.addEventListener(name, (event) => {
    if (!form() || !event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    by("drop").classList.toggle("over", name === "dragover");
    if (name === "drop") take(event.dataTransfer.files[0]);
  });
}
addEventListener("online", () => { if (form()) ask(); });
addEventListener("pageshow", (event) => { if (event.persisted && leaving) location.reload(); });

if (form()) {
  const draft = kept(DRAFT);
  if (draft && draft.at === location.search) restore(draft);
  else if (draft && !location.search) restore(draft);
  else {
    if (draft?.isTyped) {
      sessionStorage.setItem(BEFORE, JSON.stringify(draft));
      by("before").hidden = false;
    }
    if (location.search) keep(false);
    slide();
  }
}
