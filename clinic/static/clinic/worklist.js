// Once a minute the open worklist asks how many requests came since it was made. It says so in a quiet line, and brings
// the counts up to date; rows never move and the focus stays where it is. Without this file the page is loaded again.
(function () {
  "use strict";
  const box = document.querySelector("[data-news]");
  if (!box || !window.fetch) return;
  const every = Number(box.dataset.every) * 1000;
  const words = box.querySelector("[data-news-words]"), show = box.querySelector("[data-news-show]");
  const checked = document.querySelectorAll("[data-checked]");
  let last = Date.now(), timer = 0, asking = false;

  const stop = () => { clearTimeout(timer); timer = -1; };
  const wait = () => { if (timer !== -1) { clearTimeout(timer); timer = setTimeout(ask, every); } };

  function tell(news) {
    if (words.textContent !== news.words) words.textContent = news.words;
    show.hidden = !news.new;
    checked.forEach((line) => { line.textContent = news.checked; });
    document.querySelectorAll("[data-count]").forEach((count) => {
      const number = news.counts[count.dataset.count];
      if (number !== undefined) count.textContent = number;
    });
  }

  async function ask() {
    if (document.hidden || asking || timer === -1) return;
    asking = true;
    last = Date.now();
    try {
      const answer = await fetch(box.dataset.news, { redirect: "manual", headers: { Accept: "application/json" } });
      if (answer.ok) tell(await answer.json());
      else stop(); // signed out, or not allowed any more
    } catch (error) { /* no network for a moment: the next minute tells */ }
    asking = false;
    wait();
  }

  document.addEventListener("visibilitychange", () => {
    if (document.hidden) clearTimeout(timer);
    else if (timer !== -1) { if (Date.now() - last >= every) ask(); else wait(); }
  });
  wait();
})();
