// The workbench: what the agency will read is written as it is typed; copies are turned and enlarged.
"use strict";

const answer = document.querySelector("form[data-draft]");
if (answer) {
  const preview = answer.querySelector("[data-preview]");
  let waiting = 0;
  let running = null;
  const keep = async () => {
    if (running) running.abort();
    running = new AbortController();
    try {
      const response = await fetch(answer.dataset.draft, {
        method: "POST", body: new FormData(answer), signal: running.signal,
      });
      if (response.headers.get("Content-Type").startsWith("text/html") && response.status !== 404) {
        preview.innerHTML = await response.text();
      }
    } catch (error) {
      if (error.name !== "AbortError") preview.dataset.stale = "1";
    }
  };
  const later = () => { clearTimeout(waiting); waiting = setTimeout(keep, 700); };
  answer.addEventListener("input", later);
  answer.addEventListener("change", later);
  answer.addEventListener("submit", () => { clearTimeout(waiting); if (running) running.abort(); });
}

for (const viewer of document.querySelectorAll("[data-viewer]")) {
  const tools = viewer.querySelector(".vtools");
  const shown = viewer.querySelector("output");
  const pages = [...viewer.querySelectorAll("img")];
  let zoom = 100, turn = 0, page = 0;
  const draw = () => {
    pages.forEach((picture, number) => {
      picture.hidden = number !== page;
      picture.style.width = `${zoom}%`;
      picture.style.transform = `rotate(${turn}deg)`;
    });
    shown.textContent = pages.length > 1 ? `Page ${page + 1} of ${pages.length}, ${zoom}%` : `${zoom}%`;
  };
  tools.hidden = false;
  tools.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    if (button.dataset.zoom === "0") { zoom = 100; turn = 0; }
    else if (button.dataset.zoom) zoom = Math.min(400, Math.max(50, zoom + 25 * Number(button.dataset.zoom)));
    if (button.dataset.turn) turn = (turn + Number(button.dataset.turn) + 360) % 360;
    if ("next" in button.dataset) page = (page + 1) % pages.length;
    draw();
  });
  draw();
}
