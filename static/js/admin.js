// Django's select2 boxes have no name for screen readers: they get that of their label.
(() => {
  const name = () => {
    for (const box of document.querySelectorAll(".select2-container")) {
      const label = box.previousElementSibling?.labels?.[0]?.textContent.replace(/:\s*$/, "");
      if (!label) continue;
      for (const part of box.querySelectorAll("[role=combobox], [role=textbox]"))
        part.ariaLabel = `${label} ${part.textContent}`.trim();
      box.querySelector("[role=combobox]")?.removeAttribute("aria-labelledby");
    }
  };
  addEventListener("DOMContentLoaded", () => {
    name();
    new MutationObserver(name).observe(document.body, { childList: true, subtree: true });
  });
})();
