// Before anything is painted: the theme that was chosen, here or in the admin, whose key this is.
(() => {
  const root = document.documentElement;
  const show = (theme) => {
    root.dataset.theme = theme;
    for (const each of document.querySelectorAll("[data-mode]"))
      each.ariaPressed = each.dataset.mode === theme;
  };
  let theme = "auto";
  try { theme = localStorage.theme || theme; } catch { /* Storage is switched off. */ }
  show(theme);
  document.addEventListener("DOMContentLoaded", () => show(root.dataset.theme));
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-mode]");
    if (!button) return;
    show(button.dataset.mode);
    try { localStorage.theme = button.dataset.mode; } catch { /* It lasts for this page. */ }
  });
})();
