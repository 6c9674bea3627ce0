// The theme that a visitor chose, here or in the admin: both keep it under “theme”. This script runs
// before the first paint, so that the page does not appear in another theme first.
(() => {
  const root = document.documentElement;
  const show = (theme) => {
    root.dataset.theme = theme;
    for (const button of document.querySelectorAll("[data-mode]"))
      button.ariaPressed = button.dataset.mode === theme;
  };
  let theme = "auto";
  // Where storage is switched off, reading and writing it fail, and a theme lasts for the page.
  try { theme = localStorage.theme || theme; } catch {}
  show(theme);
  document.addEventListener("DOMContentLoaded", () => show(root.dataset.theme));
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-mode]");
    if (!button) return;
    show(button.dataset.mode);
    try { localStorage.theme = button.dataset.mode; } catch {}
  });
})();
