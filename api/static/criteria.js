// The analysis takes seconds: it is asked for when the page is there, and its place shows what it found.
import { ask } from "./base.js";

const place = document.getElementById("findings");
const link = place.innerHTML;
place.textContent = place.dataset.waiting;
try {
  const answer = await ask(place.dataset.path);
  place.innerHTML = answer.ok ? await answer.text() : link;
} catch {
  place.innerHTML = link;
}
