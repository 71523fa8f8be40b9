// A run that is at work tells how far it has come; once it has ended, its page is asked for anew.
import { ask } from "./base.js";

const place = document.querySelector("[data-live]");
const pause = 1000;

async function look() {
  let next = pause;
  try {
    const answer = await ask(place.dataset.live);
    if (answer.status === 404 || answer.status === 401) {
      location.reload();
      return;
    }
    if (answer.ok) {
      const came = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector(".progress");
      const shown = place.querySelector(".progress");
      if (["done", "failed", "cancelled"].includes(came.dataset.state)) {
        location.reload();
        return;
      }
      // What a screen reader watches stays in place as long as it says the same.
      if (came.dataset.state === shown.dataset.state) came.querySelector(".standing").replaceWith(shown.querySelector(".standing"));
      shown.replaceWith(came);
    } else {
      next = 5 * pause;
    }
  } catch {
    next = 5 * pause; // the connection is gone for a while; the run is not
  }
  setTimeout(look, next);
}

if (place) {
  document.querySelector(".refresh")?.setAttribute("hidden", "");
  setTimeout(look, pause);
}
