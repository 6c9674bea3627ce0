// Before leaderboard.js on an exported site, where no server answers: what is not on the page is not
// offered, and the page, which has all columns, shows the view that its address asks for.
(() => {
  const form = document.getElementById("filters");
  if (!form || !document.querySelector("[data-rows]")) return;
  const isColumn = (key) => document.querySelector(`#standings [data-column="${key}"]`);
  const isOffered = (key) => ["organization", "parameters"].includes(key) || isColumn(key);
  for (const link of document.querySelectorAll("[data-sort]"))
    if (!isOffered(link.dataset.sort)) link.parentElement.remove();
  for (const option of document.querySelectorAll("#order option[value]:not([value=''])"))
    if (!isOffered(option.value.replace("-", ""))) option.remove();
  // A page that was opened from a disk has no history of views.
  for (const name of ["pushState", "replaceState"]) {
    const change = history[name].bind(history);
    history[name] = (...state) => { try { change(...state); } catch {} };
  }
  // Charts are a page of their own: links in them lead on from there.
  document.addEventListener("click", (event) => event.target.closest("p.pics") && event.stopPropagation(), true);
  addEventListener("DOMContentLoaded", () => {
    const push = history.pushState;
    history.pushState = history.replaceState; // no step of the history
    for (const name of ["input", "change"]) form.dispatchEvent(new Event(name));
    history.pushState = push;
  });
})();
