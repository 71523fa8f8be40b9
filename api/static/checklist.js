// Printing by a button, and a profile dropped as a file.
import { takesFiles } from "./base.js";

document.getElementById("print")?.addEventListener("click", () => window.print());
const patient = document.querySelector("textarea#patient");
if (patient) takesFiles(patient);
