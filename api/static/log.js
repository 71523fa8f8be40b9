// An entry of the log: profiles dropped onto their field, and what is typed kept until it is recorded.

const prefix = `log:${location.pathname}:`;

/** A file that is dropped on a field, or chosen below it, becomes the field's text. */
function takesFiles(field) {
  field.addEventListener("dragover", (event) => { event.preventDefault(); field.classList.add("over"); });
  field.addEventListener("dragleave", () => field.classList.remove("over"));
  field.addEventListener("drop", async (event) => {
    const [file] = event.dataTransfer.files;
    field.classList.remove("over");
    if (!file) return;
    event.preventDefault();
    field.value = await file.text();
  });
}

/** Reason, answer and source survive a reload or a lost connection in this tab; a patient's profile is never kept. */
function keepsDraft(form) {
  const key = prefix + form.dataset.draft;
  const fields = () => [...form.elements].filter((each) => ["criterion", "answer", "reason", "source"].includes(each.name));
  const kept = JSON.parse(sessionStorage.getItem(key) ?? "{}");
  for (const each of fields()) {
    if (!(each.name in kept)) continue;
    if (each.type === "radio") each.checked ||= kept[each.name] === each.value;
    else if (!each.value) each.value = kept[each.name];
  }
  if (Object.values(kept).some(Boolean)) form.closest("details")?.setAttribute("open", "");
  form.addEventListener("input", () => {
    const texts = {};
    for (const each of fields()) if (each.type !== "radio" || each.checked) texts[each.name] = each.value;
    sessionStorage.setItem(key, JSON.stringify(texts));
  });
}

if (document.querySelector("[data-recorded]")) {
  for (const key of Object.keys(sessionStorage)) if (key.startsWith(prefix)) sessionStorage.removeItem(key);
}
document.querySelectorAll("[data-drop]").forEach(takesFiles);
document.querySelectorAll("[data-draft]").forEach(keepsDraft);
document.querySelector('.notice.bad[role="alert"][tabindex]')?.focus();
