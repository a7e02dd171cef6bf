// Warns well before the session ends; one key keeps it. At its end what was typed is kept.
"use strict";

const warning = document.getElementById("session-warning");
if (warning) {
  const shown = warning.querySelector("[data-minutes]");
  let ends = Date.now() + Number(warning.dataset.seconds) * 1000;
  const warnAt = () => {
    const whole = Number(warning.dataset.seconds);
    return Math.min(Number(warning.dataset.warn), whole / 2) * 1000;
  };
  const stay = async () => {
    const token = warning.querySelector("[name=csrfmiddlewaretoken]").value;
    const answer = await fetch(warning.dataset.stay, {
      method: "POST",
      headers: { "X-CSRFToken": token },
      credentials: "same-origin",
      redirect: "manual",
    });
    if (!answer.ok) { window.location.reload(); return; }
    const { seconds } = await answer.json();
    warning.dataset.seconds = seconds;
    ends = Date.now() + seconds * 1000;
  };
  // What was typed last, and not sent. It is kept on the server when the time runs out.
  let typedInto = null;
  document.addEventListener("input", (event) => {
    const form = event.target.form;
    if (form && form.method === "post" && form.closest("main")) typedInto = form;
  });
  const leave = async () => {
    if (typedInto) {
      const typed = [...new FormData(typedInto)].filter(([, value]) => typeof value === "string");
      const body = new URLSearchParams(typed);
      const to = new URL(typedInto.action);
      body.append("kept_address", to.pathname + to.search);
      const kept = await fetch(warning.dataset.keep, {
        method: "POST", body, credentials: "same-origin", redirect: "manual",
      });
      if (kept.status === 204 || kept.type === "opaqueredirect") {
        window.location.assign(warning.dataset.login);
        return;
      }
    }
    window.location.reload();
  };
  let leaving = false;
  warning.addEventListener("close", stay);
  window.setInterval(() => {
    const left = ends - Date.now();
    if (left <= 0) {
      if (warning.open && !leaving) {
        leaving = true;
        leave().catch(() => window.location.reload());
      }
      return;
    }
    if (left > warnAt()) return;
    const minutes = Math.ceil(left / 60000);
    shown.textContent = minutes === 1 ? "1 minute" : `${minutes} minutes`;
    if (!warning.open) warning.showModal();
  }, 5000);
}
