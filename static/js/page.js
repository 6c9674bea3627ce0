// What every page does by script: looks and copying. This file runs before the first paint, so that a
// page does not appear in another look first.
(() => {
  // ---- The theme that a visitor chose, here or in the admin: dark, light, or “dark light”, which is
  // as the system. Until then it is the default that the page declares. Likewise the density of tables.

  const root = document.documentElement;
  const looks = { scheme: document.querySelector("[name=color-scheme]").content, density: "comfortable" };
  const show = () => {
    root.style.colorScheme = root.dataset.theme = looks.scheme;
    root.dataset.dense = looks.density;
    for (const button of document.querySelectorAll("[data-mode], [data-density]"))
      button.ariaPressed = [looks.scheme, looks.density].includes(button.dataset.mode ?? button.dataset.density);
  };
  // Where storage is switched off, reading and writing it fail, and a look lasts for the page.
  try { for (const name in looks) looks[name] = localStorage[name] || looks[name]; } catch {}
  show();
  document.addEventListener("DOMContentLoaded", show);
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-mode], [data-density]");
    if (!button) return;
    const { mode, density } = button.dataset;
    Object.assign(looks, mode ? { scheme: mode } : { density });
    show();
    try { Object.assign(localStorage, looks); } catch {}
  });

  // ---- Copying: the button behind a snippet, and the <output> behind it that says so. Where the
  // clipboard is closed, as without HTTPS, the text is selected all the same.

  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copied]");
    if (!button) return;
    getSelection().selectAllChildren(button.previousElementSibling);
    await navigator.clipboard.writeText(getSelection());
    button.nextElementSibling.textContent = button.dataset.copied;
  });
})();
