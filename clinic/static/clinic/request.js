// A page that stood open: when somebody comes back to it, say whether the request changed meanwhile. Works without it:
// every form of the page is checked by the server again.
(function () {
  "use strict";
  const box = document.querySelector("[data-watch]");
  if (!box || !window.fetch) return;
  async function look() {
    if (document.visibilityState !== "visible" || box.firstChild) return;
    try {
      const answer = await fetch(box.dataset.watch, { credentials: "same-origin", redirect: "error" });
      if (answer.status !== 200) return;
      box.innerHTML = await answer.text();
      const status = document.getElementById("status");
      if (status) status.textContent = box.querySelector("h2").textContent;
    } catch (problem) {
      return; // away from the network, or signed out: the next press says so
    }
  }
  document.addEventListener("visibilitychange", look);
  window.addEventListener("focus", look);
})();
