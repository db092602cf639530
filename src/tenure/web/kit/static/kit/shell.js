// What makes the frame quicker than plain links and forms, which work without it.
import { watchTheme } from "./theme.js";
import { watchPalette } from "./palette.js";

document.documentElement.classList.add("scripted");
watchTheme();
watchPalette();
for (const field of document.querySelectorAll("[data-select]")) field.addEventListener("focus", () => field.select());
