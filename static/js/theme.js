// The theme that a visitor chose, here or in the admin: dark, light, or “dark light”, which is as the
// system. Until then it is the default that the page declares. This script runs before the first
// paint, so that the page does not appear in another theme first.
(() => {
  const root = document.documentElement;
  const show = (scheme) => {
    root.style.colorScheme = root.dataset.theme = scheme;
    for (const button of document.querySelectorAll("[data-mode]"))
      button.ariaPressed = button.dataset.mode === scheme;
  };
  let scheme = document.querySelector("[name=color-scheme]").content;
  // Where storage is switched off, reading and writing it fail, and a theme lasts for the page.
  try { scheme = localStorage.scheme || scheme; } catch {}
  show(scheme);
  document.addEventListener("DOMContentLoaded", () => show(root.dataset.theme));
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-mode]");
    if (!button) return;
    show(button.dataset.mode);
    try { localStorage.scheme = button.dataset.mode; } catch {}
  });
})();
