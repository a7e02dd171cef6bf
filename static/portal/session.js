// Warns well before the session ends; one key keeps it.
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
  warning.addEventListener("close", stay);
  window.setInterval(() => {
    const left = ends - Date.now();
    if (left <= 0) {
      if (warning.open) window.location.reload();
      return;
    }
    if (left > warnAt()) return;
    const minutes = Math.ceil(left / 60000);
    shown.textContent = minutes === 1 ? "1 minute" : `${minutes} minutes`;
    if (!warning.open) warning.showModal();
  }, 5000);
}
