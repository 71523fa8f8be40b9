// What every page needs: how its scripts send to the service, and how they speak to a screen reader.

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

document.documentElement.classList.add("script");
