// A choice shows at once what it changes; without this, the form's button does.
document.addEventListener("change", (event) => event.target.closest("form[data-submits]")?.requestSubmit());
