// Small helps of the admin. The select2 boxes of Django have no name for screen readers: they get the
// text of their label, also those that are added to the page later.
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
  // On the form of an LLM with many scores: shows those whose name, or whose fold's, has the words.
  const findScores = (box) => {
    const folds = [...document.querySelectorAll("fieldset.scores")];
    const show = () => {
      const words = box.value.toLowerCase().split(/\s+/).filter(Boolean);
      for (const fold of folds) {
        const title = fold.querySelector(".fieldset-heading").textContent;
        const rows = [...fold.querySelectorAll(".form-row")];
        for (const row of rows) {
          const text = `${title} ${row.querySelector("label").textContent}`.toLowerCase();
          row.hidden = !words.every((word) => text.includes(word));
        }
        fold.hidden = rows.every((row) => row.hidden);
        const details = fold.querySelector("details");
        if (details && words.length) details.open = !fold.hidden;
      }
    };
    box.addEventListener("input", show);
    box.addEventListener("keydown", (event) => event.key === "Enter" && event.preventDefault());
    box.closest("[hidden]").hidden = false;
  };
  addEventListener("DOMContentLoaded", () => {
    nameBoxes();
    const box = document.getElementById("find-score");
    if (box) findScores(box);
    new MutationObserver(nameBoxes).observe(document.body, { childList: true, subtree: true });
  });
})();
