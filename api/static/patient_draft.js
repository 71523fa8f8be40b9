// What stands in the patient form, and its drafts: in this tab only, for this person only.
const DRAFT = "patient-draft", BEFORE = "patient-draft-before";
const NEVER_KEPT = ["csrf", "profile_json", "profile_file", "act"];
const NOT_TYPED = ["trial", "as_of", "request_key"];
const HIDDEN = ["request_key", "kept"];

export const by = (id) => document.getElementById(id);
export const form = () => by("patient");
export const named = (name) => form().elements.namedItem(name);

/** The draft that the page has yet to be made from, and what stood in the form when that began. */
export let pending = null;

export function typed() {
  return [...new FormData(form())].filter(([name, value]) => typeof value === "string" && !NEVER_KEPT.includes(name));
}

export function isFilled(texts) {
  return texts.some(([name, value]) => value && !NOT_TYPED.includes(name));
}

export function fieldsToAsk() {
  return fieldsOf(typed().filter(([, value]) => value !== ""));
}

export function fieldsOf(texts) {
  const fields = new FormData();
  for (const [name, value] of texts) fields.append(name, value);
  return fields;
}

export function wholeForm(button) {
  const fields = fieldsOf([...new FormData(form())].filter(([, value]) => typeof value === "string"));
  if (button) fields.append("act", button.value);
  return fields;
}

/** What was typed since the form stood as it did then. */
export function differing(then) {
  const texts = new Map(then);
  return typed().filter(([name, value]) => !HIDDEN.includes(name) && texts.get(name) !== value);
}

/** Puts what was typed meanwhile into the form that took the place of the one it was typed in. */
export function apply(changes) {
  for (const [name, value] of changes) {
    const field = named(name);
    if (!field || (field.options && ![...field.options].some((each) => each.value === value))) continue;
    field.value = value;
    for (let within = field.closest("details"); within; within = within.parentElement.closest("details")) within.open = true;
  }
}

/** Whether the drafts are to be gone: a page that is still under way must not bring them back. */
let isForgotten = false;

function store(key, draft) {
  if (isForgotten) return;
  try { sessionStorage.setItem(key, JSON.stringify(draft)); } catch { /* full or forbidden: the page goes on without */ }
}

export function keep(isTyped = true) {
  const texts = pending ? [...new Map([...pending.draft.texts, ...differing(pending.since)])] : typed();
  store(DRAFT, { person: form().dataset.person, at: location.search, texts, isTyped });
}

function kept(key) {
  try {
    const draft = JSON.parse(sessionStorage.getItem(key) ?? "null");
    if (!draft || draft.person === form().dataset.person) return draft;
    sessionStorage.removeItem(key); // what somebody else typed in this tab is not the next one's
    return null;
  } catch { return null; }
}

export const draft = () => kept(DRAFT);
export const before = () => kept(BEFORE);

/** Takes the drafts away, for good: the page is about to be left. */
export function forget() {
  isForgotten = true;
  pending = null;
  for (const key of [DRAFT, BEFORE]) sessionStorage.removeItem(key);
}

/** From now on until it is done, the draft is what the form is to hold. */
export function begin(found) {
  pending = { draft: found, since: typed() };
}

export function end() {
  pending = null;
}

/** Keeps what was typed, for something else takes its place; gives what undoes that. */
export function setAside() {
  const former = sessionStorage.getItem(BEFORE), now = draft();
  if (now?.isTyped && isFilled(now.texts)) store(BEFORE, now);
  return () => {
    if (isForgotten) return;
    former === null ? sessionStorage.removeItem(BEFORE) : sessionStorage.setItem(BEFORE, former);
  };
}

/** What was set aside takes the place of what is in the form, which is set aside if it was typed. */
export function swap() {
  const found = before();
  if (!found) return;
  sessionStorage.removeItem(BEFORE);
  setAside();
  begin(found);
  keep(found.isTyped);
}
