// Time on the patient page: the slider, and the line that is dragged.
import { by, named } from "./patient_draft.js";

const DAY = 86400000;
const chinese = document.documentElement.lang.startsWith("zh");
let dragged = null;

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

/** Puts the slider where the answer has the start. */
export function slide() {
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

/** Writes the start into the form; whether that changed it. */
export function startAt(offset) {
  const at = scale();
  if (!at) return false;
  const field = named("planned_start");
  const day = written(at, Math.min(Math.max(Math.round(offset), at.from), at.days));
  if (field.value === day) return false;
  field.value = day;
  by("start-slider").setAttribute("aria-valuetext", spoken(day));
  return true;
}

/** Takes the line where the pointer is, if it is on the chart. */
export function grab(event) {
  const chart = event.target.closest?.(".chart"), at = scale();
  if (!chart || !at || event.button !== 0) return false;
  const box = chart.getBoundingClientRect();
  dragged = { left: box.left, width: box.width, days: at.days };
  return drag(event);
}

export function drag(event) {
  if (!dragged) return false;
  event.preventDefault();
  return startAt((event.clientX - dragged.left) / dragged.width * (dragged.days + 1) - 0.5);
}

export function letGo() {
  dragged = null;
}
