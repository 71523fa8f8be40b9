// An entry of the log: profiles dropped onto their field, and what is typed kept until it is recorded.
import { takesFiles } from "./base.js";

const { person, entry, recorded } = document.getElementById("entry").dataset;
const mine = `log:${encodeURIComponent(person)}|`;
const keyOf = (form) => `${mine}${entry}|${form}`;

/** Reason, source and which criterion survive a reload or a lost connection in this tab, for the person who typed them.
    The answer itself is given anew each time, and a patient's profile is never kept. */
function keepsDraft(form) {
  const key = keyOf(form.dataset.draft);
  const fields = () => [...form.elements].filter((each) => ["criterion", "reason", "source"].includes(each.name));
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

// What somebody else typed in this tab is not the next one's to read, nor to record under her name.
for (const key of Object.keys(sessionStorage)) {
  if (key.startsWith("log:") && !key.startsWith(mine)) sessionStorage.removeItem(key);
}
if (recorded) sessionStorage.removeItem(keyOf(recorded));
document.querySelectorAll("[data-drop]").forEach((field) => takesFiles(field));
document.querySelectorAll("[data-draft]").forEach(keepsDraft);
document.querySelector('.notice.bad[role="alert"][tabindex]')?.focus();
