// A slider and the number beside it are the same value.
document.addEventListener("input", (event) => {
  const knob = event.target.closest(".knob");
  if (!knob) return;
  for (const field of knob.querySelectorAll("input")) if (field !== event.target) field.value = event.target.value;
});
