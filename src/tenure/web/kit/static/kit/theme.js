// Light or dark at once; the server is told, and keeps it. Charts draw themselves anew on the event "themechange".
export function watchTheme() {
  document.addEventListener("submit", (event) => {
    const form = event.target.closest("[data-theme-switch]");
    const chosen = form && event.submitter?.value;
    if (!chosen) return;
    event.preventDefault();
    const body = new FormData(form, event.submitter);
    document.documentElement.dataset.theme = chosen;
    document.querySelector('meta[name="color-scheme"]').content = chosen;
    document.dispatchEvent(new CustomEvent("themechange", { detail: chosen }));
    form.querySelector(`button:not([value="${chosen}"])`)?.focus();
    fetch(form.action, { method: "POST", body, redirect: "manual" });
  });
}
