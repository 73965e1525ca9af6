// Conveniences only: every page works without this file.
(function () {
  "use strict";
  const all = (selector, root) => Array.from((root || document).querySelectorAll(selector));
  const say = (text) => { const box = document.getElementById("status"); if (box) box.textContent = text; };

  // The error summary is read first; its links move focus into the wrong control
  const summary = document.querySelector("[data-error-summary]");
  if (summary) summary.focus();
  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-error-summary] a[href^='#']");
    const control = link && document.getElementById(link.hash.slice(1));
    if (!control) return;
    event.preventDefault();
    control.closest(".field, form").scrollIntoView({ block: "start" });
    control.focus({ preventScroll: true });
  });

  // A second press within three seconds is ignored (the server answers it all the same)
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.matches(".text-size")) return resize(event);
    if (form.dataset.sent && Date.now() - form.dataset.sent < 3000) return event.preventDefault();
    form.dataset.sent = Date.now();
  });
  window.addEventListener("pageshow", () => all("form[data-sent]").forEach((form) => delete form.dataset.sent));

  // Text size without loading the page again
  function resize(event) {
    const button = event.submitter;
    if (!button || !window.fetch) return;
    event.preventDefault();
    const body = new URLSearchParams({ size: button.value, next: location.pathname });
    fetch(event.target.getAttribute("action"), { method: "POST", body, redirect: "manual" });
    document.documentElement.dataset.text = button.value;
    all("[aria-pressed]", event.target).forEach((one) => one.setAttribute("aria-pressed", String(one === button)));
    say(button.getAttribute("aria-label"));
  }

  // Questions that belong to one answer of another
  const revealed = all("[data-reveal-field]");
  function reveal() {
    revealed.forEach((part) => {
      const controls = all('[name="' + CSS.escape(part.dataset.revealField) + '"]');
      const chosen = controls.filter((c) => (c.matches("select") ? true : c.checked)).map((c) => c.value);
      part.hidden = !part.dataset.revealValues.split(" ").some((value) => chosen.includes(value));
      part.classList.add("revealed");
    });
  }
  if (revealed.length) {
    reveal();
    document.addEventListener("change", reveal);
  }

  // "None of these" stands alone
  document.addEventListener("change", (event) => {
    const box = event.target;
    if (box.type !== "checkbox" || !box.checked) return;
    const group = box.closest(".choices");
    if (!group || !group.querySelector("[data-exclusive]")) return;
    const alone = "exclusive" in box.dataset;
    all("input[type=checkbox]", group).forEach((other) => {
      if (other !== box && (alone || "exclusive" in other.dataset)) other.checked = false;
    });
  });

  // Letters left, said after a pause
  all("textarea[data-limit]").forEach((area) => {
    const line = document.createElement("p");
    let timer;
    line.className = "count-left";
    area.after(line);
    area.addEventListener("input", () => {
      const used = Array.from(area.value).length;
      line.textContent = used.toLocaleString() + " / " + Number(area.dataset.limit).toLocaleString();
      clearTimeout(timer);
      timer = setTimeout(() => say(line.textContent), 1500);
    });
  });

  all("[data-print]").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  });

  // Two minutes before the session ends, ask
  const dialog = document.getElementById("session-dialog");
  if (dialog && dialog.showModal) {
    let last = Date.now(), typed = null;
    addEventListener("input", (event) => { typed = event.target.form || typed; });
    const idle = dialog.dataset.idle * 1000, warn = dialog.dataset.warn * 1000;
    const leave = () => {  // what was typed goes to be kept, not to be done
      clearInterval(clock);
      if (!typed || typed.method !== "post" || typed.querySelector("[type=file], [type=password]")) return location.reload();
      const mark = Object.assign(document.createElement("input"), { type: "hidden", name: "idle_over", value: "1" });
      typed.append(mark);
      typed.submit();
    };
    const clock = setInterval(() => {
      const gone = Date.now() - last;
      if (gone > idle) leave();
      else if (gone > idle - warn && !dialog.open) dialog.showModal();
    }, 5000);
    dialog.querySelector("[data-stay-button]").addEventListener("click", () => {
      fetch(dialog.dataset.stay, { credentials: "same-origin" });
      last = Date.now();
      dialog.close();
    });
  }
})();
