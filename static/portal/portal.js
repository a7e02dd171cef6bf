// Comforts on top of pages that work without them: focus, keys, one submission.
"use strict";

const summary = document.querySelector("[data-focus]");
if (summary) summary.focus();

for (const form of document.querySelectorAll("form[method=post]")) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "1";
    const button = event.submitter;
    if (button && button.dataset.busy) button.textContent = button.dataset.busy;
  });
}
// A page that comes out of the back button's store may be submitted again.
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});

// Numbers are shown back in their standard form while the original stays in the box.
for (const box of document.querySelectorAll("[data-print]")) {
  box.addEventListener("click", (event) => { event.preventDefault(); window.print(); });
}

const rows = [...document.querySelectorAll("table.work tbody tr, table.list tbody tr")];
let current = -1;
function move(to) {
  if (!rows.length) return;
  if (current >= 0) rows[current].classList.remove("at");
  current = Math.min(Math.max(to, 0), rows.length - 1);
  rows[current].classList.add("at");
  const link = rows[current].querySelector("a");
  if (link) link.focus();
  rows[current].scrollIntoView({ block: "nearest" });
}
document.addEventListener("focusin", (event) => {
  const row = event.target.closest("tbody tr");
  const at = rows.indexOf(row);
  if (at >= 0 && at !== current) {
    if (current >= 0) rows[current].classList.remove("at");
    current = at;
    row.classList.add("at");
  }
});
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  if (event.target.closest("input, textarea, select, dialog, [contenteditable]")) return;
  const find = document.getElementById("find");
  const keys = document.getElementById("keys-dialog");
  const neighbor = { j: "next", k: "prev" }[event.key];
  if (neighbor && !rows.length) {
    const link = document.querySelector(`.around [rel=${neighbor}]`);
    if (link) link.click();
  } else if (event.key === "j") move(current + 1);
  else if (event.key === "k") move(current - 1);
  else if (event.key === "/" && find) { event.preventDefault(); find.focus(); }
  else if (event.key === "?" && keys) keys.showModal();
});
