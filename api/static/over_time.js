// The slider and the fields show their answer at once; the newest question wins. Dates are reckoned by the service.
import { send, afterPause } from "./base.js";

const form = document.getElementById("overtime");
const slider = document.getElementById("slider");
const result = document.getElementById("result");
const patient = document.getElementById("patient");
let asking = new AbortController();

async function show(more = {}) {
  if (!patient.value.trim()) return;
  asking.abort();
  asking = new AbortController();
  const fields = new FormData(form);
  for (const [name, value] of Object.entries(more)) fields.set(name, value);
  try {
    const answer = await send(form.getAttribute("action"), fields, { signal: asking.signal });
    result.innerHTML = await answer.text();
    follow(more);
  } catch (fault) {
    if (fault.name !== "AbortError") throw fault;
  }
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
form.addEventListener("input", (event) => { if (event.target !== slider && event.target.tagName !== "SELECT") later(); });
patient.addEventListener("dragover", (event) => { event.preventDefault(); patient.classList.add("dropping"); });
patient.addEventListener("dragleave", () => patient.classList.remove("dropping"));
patient.addEventListener("drop", async (event) => {
  const file = event.dataTransfer.files[0];
  patient.classList.remove("dropping");
  if (!file) return;
  event.preventDefault();
  patient.value = await file.text();
  show();
});
