// The slider and the fields show their answer at once; the newest question wins. Dates are reckoned by the service.
import { send, afterPause, takesFiles } from "./base.js";

const form = document.getElementById("overtime");
const slider = document.getElementById("slider");
const result = document.getElementById("result");
const patient = document.getElementById("patient");
let asking = new AbortController();

const PATIENCE = 5000;

async function show(more = {}) {
  asking.abort();
  if (!patient.value.trim()) {
    say(form.dataset.noPatient);
    return;
  }
  const mine = asking = new AbortController();
  result.setAttribute("aria-busy", "true");
  result.classList.add("stale");
  const late = setTimeout(() => { if (mine === asking) { mine.abort(); say(form.dataset.notAnswered); } }, PATIENCE);
  const fields = new FormData(form);
  for (const [name, value] of Object.entries(more)) fields.set(name, value);
  try {
    const answer = await send(form.getAttribute("action"), fields, { signal: mine.signal });
    const text = await answer.text();
    if (mine !== asking) return;
    if (!answer.headers.get("content-type")?.startsWith("text/html")) {  // not of our service
      say(form.dataset.notAnswered);
      return;
    }
    result.innerHTML = text;
    settle();
    follow(more);
  } catch (fault) {
    if (mine === asking && fault.name !== "AbortError") say(form.dataset.offline);
  } finally {
    clearTimeout(late);
  }
}

/** What is typed now is what counts: an answer under way would write its own date over it. */
function takeBack() {
  asking.abort();
  asking = new AbortController();
  result.setAttribute("aria-busy", "true");
  result.classList.add("stale");
}

/** Words in the place of an answer: what was shown is for other dates or another patient. */
function say(words) {
  const notice = document.createElement("p");
  notice.className = "notice bad";
  notice.setAttribute("role", "alert");
  notice.textContent = words;
  result.replaceChildren(notice);
  settle();
}

function settle() {
  result.removeAttribute("aria-busy");
  result.classList.remove("stale");
}

/** The form says what the answer is for. */
function follow(more) {
  const shown = result.querySelector("[data-start]");
  for (const each of form.querySelectorAll("[name=step]")) each.disabled = !shown;
  slider.disabled = !shown;
  if (!shown) return;
  slider.max = shown.dataset.reach;
  if ("offset" in more || "step" in more) form.elements.planned_start.value = shown.dataset.start;
  if (!("offset" in more)) slider.value = shown.dataset.offset;
  slider.setAttribute("aria-valuetext", shown.dataset.words);
}

slider.addEventListener("input", () => show({ offset: slider.value }));
form.addEventListener("submit", (event) => {
  event.preventDefault();
  const step = event.submitter?.name === "step" ? { step: event.submitter.value } : {};
  show(step);
});
form.addEventListener("change", (event) => { if (event.target.tagName === "SELECT") show(); });
const later = afterPause(250, () => show());
form.addEventListener("input", (event) => {
  if (event.target === slider || event.target.tagName === "SELECT") return;
  takeBack();
  later();
});
takesFiles(patient, { taken: () => show() });
