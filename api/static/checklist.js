// Printing by a button, and a profile dropped as a file.
document.getElementById("print")?.addEventListener("click", () => window.print());
const patient = document.querySelector("textarea#patient");
patient?.addEventListener("dragover", (event) => { event.preventDefault(); patient.classList.add("dropping"); });
patient?.addEventListener("dragleave", () => patient.classList.remove("dropping"));
patient?.addEventListener("drop", async (event) => {
  const file = event.dataTransfer.files[0];
  patient.classList.remove("dropping");
  if (!file) return;
  event.preventDefault();
  patient.value = await file.text();
});
