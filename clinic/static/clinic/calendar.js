// Dragging an appointment in the day by clinician, or to another day of the week. It saves nothing: letting go opens the
// page that asks "Make this change?", the same that the link "Move" leads to, and that page says why if it cannot be.
(function () {
  "use strict";
  const grid = document.querySelector(".cal-grid");
  if (!grid) return;
  const UNITS = 3; // of five minutes in a row
  let held = null;

  const rowHeight = (list) => parseFloat(getComputedStyle(list).gridAutoRows);
  const rowsOf = (item) => Number(/\bn(\d+)\b/.exec(item.className)[1]);
  const rowAt = (list, y) => Math.floor((y - list.getBoundingClientRect().top) / rowHeight(list));

  const mark = document.createElement("li");
  mark.setAttribute("aria-hidden", "true");

  grid.querySelectorAll("li[data-drag]").forEach((item) => {
    item.draggable = true;
    item.querySelectorAll("a").forEach((link) => { link.draggable = false; });
  });

  // The first row of the appointment if it were let go here, inside the day that is drawn
  function target(event) {
    const list = held && event.target.closest(".cal-rows[data-person]");
    if (!list) return null;
    const row = rowAt(list, event.clientY) - held.grabbed;
    return { list, row: Math.max(0, Math.min(row, Number(list.dataset.rows) - held.rows)) };
  }

  function end() {
    mark.remove();
    held = null;
  }

  grid.addEventListener("dragstart", (event) => {
    const item = event.target.closest("li[data-drag]");
    if (!item) return;
    const list = item.parentElement;
    const top = Number(/\bs(\d+)\b/.exec(item.className)[1]);
    held = {
      url: item.dataset.drag, start: item.dataset.start, person: list.dataset.person, day: list.dataset.day,
      rows: rowsOf(item), grabbed: Math.max(0, rowAt(list, event.clientY) - top),
    };
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", "");
  });

  grid.addEventListener("dragover", (event) => {
    const to = target(event);
    if (!to) return mark.remove();
    event.preventDefault();
    mark.className = `b-drop s${to.row} n${held.rows}`;
    if (mark.parentElement !== to.list) to.list.append(mark);
  });

  grid.addEventListener("drop", (event) => {
    const to = target(event);
    if (!to) return;
    event.preventDefault();
    const at = String(Number(to.list.dataset.first) + UNITS * to.row);
    if (to.list.dataset.day !== held.day) {
      const address = `${held.url}&${new URLSearchParams({ do: "there", at })}`;
      end();
      return location.assign(address);
    }
    const isSameTime = at === held.start;
    const isSamePerson = to.list.dataset.person === held.person;
    const change = new URLSearchParams(isSameTime ? { do: "swap" } : { do: "move", at });
    change.set("to", to.list.dataset.person);
    const address = `${held.url}&${change}`;
    end();
    if (!(isSameTime && isSamePerson)) location.assign(address);
  });

  grid.addEventListener("dragend", end);
})();
