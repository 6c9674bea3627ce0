// The select2 boxes of Django's admin have no name for screen readers. This gives them the text of
// their label, also those that are added to the page later.
(() => {
  // Typing into a box of a name in an import chooses what the box belongs to.
  addEventListener("input", ({ target }) => {
    if (target.type === "radio") return;
    const choice = target.closest?.(".import .choice")?.querySelector("input[type=radio]");
    if (choice) choice.checked = true;
  });
  const nameBoxes = () => {
    for (const box of document.querySelectorAll(".select2-container")) {
      const label = box.previousElementSibling?.labels?.[0]?.textContent.replace(/:\s*$/, "");
      if (!label) continue;
      for (const part of box.querySelectorAll("[role=combobox], [role=textbox]"))
        part.ariaLabel = `${label} ${part.textContent}`.trim();
      // It would come before the new name, and says only what is chosen.
      box.querySelector("[role=combobox]")?.removeAttribute("aria-labelledby");
    }
  };
  addEventListener("DOMContentLoaded", () => {
    nameBoxes();
    new MutationObserver(nameBoxes).observe(document.body, { childList: true, subtree: true });
  });
})();
