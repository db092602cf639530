// Menus: one at a time, none when one looks elsewhere, and Escape leads back to what opened it, or to its line where
// lines are gone through by keyboard.
const open = () => document.querySelectorAll("details.menu[open]");

export function watchMenus() {
  document.addEventListener("click", (event) => {
    for (const menu of open()) if (!menu.contains(event.target)) menu.open = false;
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of open()) {
      menu.open = false;
      (menu.closest("li[tabindex]") ?? menu.querySelector("summary")).focus();
    }
  });
}
