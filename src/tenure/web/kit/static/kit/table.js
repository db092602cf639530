// The address of a list follows its filters, so that what is seen can be shared, kept and gone back to.
document.addEventListener("input", (event) => {
  const form = event.target.closest("form[data-keeps-address]");
  if (!form) return;
  const told = new URLSearchParams([...new FormData(form)].filter(([, value]) => value !== ""));
  history.replaceState(null, "", told.size ? `?${told}` : location.pathname);
});
