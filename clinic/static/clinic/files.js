// Several files one after the other, with their progress. Without this script the form sends one file a post.
(function () {
  "use strict";
  const form = document.querySelector("[data-add-files]");
  const words = document.querySelector("[data-file-words]");
  if (!form || !words || !window.FormData || !window.crypto) return;
  const input = form.querySelector("input[type=file]");
  const box = document.querySelector("[data-file-progress]");
  const list = box.querySelector("ul");
  const heading = box.querySelector("h3");
  const say = (text) => { const status = document.getElementById("status"); if (status) status.textContent = text; };
  let busy = false;

  input.multiple = true;
  const hint = document.getElementById(input.getAttribute("aria-describedby").split(" ")[0]);
  if (hint) hint.append(". " + words.dataset.several);

  function newKey() {
    return Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, "0")).join("");
  }

  function lineFor(file) {
    const line = document.createElement("li");
    const name = document.createElement("bdi"), state = document.createElement("span");
    const bar = document.createElement("progress");
    name.className = "file-name";
    name.textContent = file.name;
    state.className = "file-state";
    bar.max = 100;
    bar.value = 0;
    bar.setAttribute("aria-label", file.name);
    line.append(name, " ", state, bar);
    list.append(line);
    const tell = (text) => { state.textContent = text; };
    tell(words.dataset.waiting);
    return { line, bar, state, tell };
  }

  // Resolves to "" when the file was added, else to the reason
  function send(file, shown) {
    if (file.size > Number(words.dataset.largest)) return Promise.resolve(words.dataset.tooLarge);
    if (file.size === 0) return Promise.resolve(words.dataset.empty);
    return new Promise((resolve) => {
      const body = new FormData(form), post = new XMLHttpRequest();
      body.delete("file");
      body.set("key", newKey());
      body.append("file", file);
      post.open("POST", form.getAttribute("action"));
      post.setRequestHeader("Accept", "application/json");
      post.upload.addEventListener("progress", (event) => {
        if (!event.lengthComputable) return;
        const percent = Math.round((event.loaded / event.total) * 100);
        shown.bar.value = percent;
        shown.tell(words.dataset.sending + " " + percent + "%");
      });
      post.upload.addEventListener("load", () => {
        shown.bar.removeAttribute("value");
        shown.tell(words.dataset.checking);
      });
      post.addEventListener("load", () => {
        if (post.status === 403) return location.reload(); // the page was closed after a time without use
        let text = words.dataset.failed;
        try { text = JSON.parse(post.responseText).text || text; } catch (error) { /* not our answer */ }
        resolve(post.status === 200 ? "" : text);
      });
      post.addEventListener("error", () => resolve(words.dataset.failed));
      post.send(body);
    });
  }

  function settle(shown, reason) {
    shown.bar.remove();
    shown.tell(reason || words.dataset.added);
    shown.line.classList.add(reason ? "file-failed" : "file-added");
  }

  // The lists as the server has them now
  async function renew() {
    const answer = await fetch(words.dataset.page, { credentials: "same-origin" });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.querySelector("[data-file-lists]");
    if (!fresh || !page.querySelector("[data-add-files]")) return location.reload();
    document.querySelector("[data-file-lists]").replaceChildren(...fresh.childNodes);
  }

  async function sendAll(files) {
    busy = true;
    list.replaceChildren();
    box.hidden = false;
    heading.textContent = words.dataset.sending;
    box.scrollIntoView({ block: "nearest" });
    const lines = files.map((file) => ({ file, shown: lineFor(file) }));
    let added = 0, failed = 0;
    for (const { file, shown } of lines) {
      say(words.dataset.sending + " " + file.name);
      const reason = await send(file, shown);
      settle(shown, reason);
      if (reason) failed += 1; else added += 1;
      say(file.name + ": " + (reason || words.dataset.added));
    }
    const told = [];
    if (added) told.push(words.dataset.allAdded + " " + added);
    if (failed) told.push(words.dataset.notAdded + " " + failed);
    heading.textContent = told.join(". ");
    if (added) await renew();
    input.value = "";
    busy = false;
    box.focus();
  }

  // Nothing chosen: the server says what is missing
  form.addEventListener("submit", (event) => {
    const files = Array.from(input.files);
    const kind = form.querySelector("[name=kind]");
    if (!busy && (!files.length || (kind && !kind.value))) return;
    event.preventDefault();
    event.stopPropagation();
    if (!busy) sendAll(files);
  });
})();
