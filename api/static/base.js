// What every page needs: how its scripts send to the service, and how files become the text of a field.

const tokenTag = document.querySelector('meta[name="csrf-token"]');

/** Sends a form's fields, or an object of them, to a page of ours; the answer is a part of a page.
    `unattended` is for what a script asks by itself: it does not keep the session alive. */
export async function send(path, fields, { signal, unattended = false } = {}) {
  const body = fields instanceof FormData || fields instanceof URLSearchParams
    ? new URLSearchParams(fields) : new URLSearchParams(Object.entries(fields));
  const headers = { "x-csrf-token": tokenTag.content };
  if (unattended) headers["x-unattended"] = "1";
  return fetch(path, { method: "POST", body, headers, signal, credentials: "same-origin" });
}

/** Asks for a part of a page. */
export async function ask(path, { signal, unattended = true } = {}) {
  const headers = unattended ? { "x-unattended": "1" } : {};
  return fetch(path, { headers, signal, credentials: "same-origin" });
}

/** Waits until nothing came for so many milliseconds, then does it once. */
export function afterPause(milliseconds, work) {
  let timer;
  return (...given) => {
    clearTimeout(timer);
    timer = setTimeout(() => work(...given), milliseconds);
  };
}

/** A file's text in the place of a field's own, if it is UTF-8 text; else the page says that it is not. */
export async function take(file, field, taken = () => {}) {
  if (!file) return;
  const content = await file.arrayBuffer();
  document.getElementById(`${field.id}-no-text`)?.remove();
  field.closest("details")?.setAttribute("open", "");
  try {
    field.value = new TextDecoder("utf-8", { fatal: true }).decode(content);
  } catch {
    field.after(refusal(field));
    return;
  }
  taken();
}

function refusal(field) {
  const words = document.createElement("p");
  words.id = `${field.id}-no-text`;
  words.className = "fault";
  words.setAttribute("role", "alert");
  words.textContent = document.body.dataset.noText;
  return words;
}

/** A file that is dropped on a place becomes the text of its field, which may be another one each time. */
export function takesFiles(place, { field = () => place, marked = field, taken } = {}) {
  for (const name of ["dragover", "dragleave", "drop"]) {
    place.addEventListener(name, (event) => {
      if (!field() || !event.dataTransfer?.types.includes("Files")) return;
      event.preventDefault();
      marked().classList.toggle("over", name === "dragover");
      if (name === "drop") take(event.dataTransfer.files[0], field(), taken);
    });
  }
}

document.documentElement.classList.add("script");

// Times are told in UTC where the site has set no clock of its own: beside them stands this computer's.

const two = (number) => String(number).padStart(2, "0");

/** As the pages write times: `18:05 UTC+08:00`, with the day where it is another one than in UTC. */
function here(at) {
  const ahead = -at.getTimezoneOffset(), far = Math.abs(ahead);
  const clock = `${two(at.getHours())}:${two(at.getMinutes())} UTC${ahead < 0 ? "-" : "+"}${two(Math.floor(far / 60))}:${two(far % 60)}`;
  if (at.getDate() === at.getUTCDate()) return clock;
  if (document.documentElement.lang.startsWith("zh")) return `${at.getFullYear()}年${at.getMonth() + 1}月${at.getDate()}日 ${clock}`;
  const month = new Intl.DateTimeFormat("en-US", { month: "short" }).format(at);
  return `${at.getDate()} ${month} ${at.getFullYear()}, ${clock}`;
}

for (const each of document.querySelectorAll("time[data-utc]")) {
  const at = new Date(each.dateTime);
  if (!at.getTimezoneOffset()) continue;
  const beside = document.createElement("span");
  beside.className = "by-clock";
  beside.textContent = document.body.dataset.here.replace("{moment}", here(at));
  each.after(" ", beside);
}
