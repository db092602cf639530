// The address of a list follows its filters, so that what is seen can be shared, kept and gone back to.
for (const form of document.querySelectorAll("form[data-keeps-address]")) {
  form.addEventListener("input", () => {
    const told = new URLSearchParams([...new FormData(form)].filter(([, value]) => value !== ""));
    history.replaceState(null, "", told.size ? `?${told}` : location.pathname);
  });
}
