// What makes the frame quicker than plain links and forms, which work without it.
import { watchTheme } from "./theme.js";
import { watchMenus } from "./menus.js";
import { watchPalette } from "./palette.js";
import { followFigures } from "./live.js";

document.documentElement.classList.add("scripted");
watchTheme();
watchPalette();
watchMenus();
followFigures();
document.addEventListener("focusin", (event) => event.target.matches("[data-select]") && event.target.select());
