// Rows with a position (columns of a leaderboard, components of an aggregate) are moved by dragging
// their handle, or by the arrow keys on it; the boxes of the positions follow. Without script the
// positions are typed.
(() => {
  const words = document.getElementById("row-words");
  const BOX = "input[name$='-position']";
  const rowsOf = (body) => [...body.querySelectorAll("tr.form-row:not(.empty-form)")];
  // A row in which nothing is chosen yet stays as it is: it would count as filled.
  const isFilled = (row) =>
    row.matches(".has_original") || [...row.querySelectorAll("select")].some(({ value }) => value);
  const number = (body) => {
    const boxes = rowsOf(body).filter(isFilled).map((row) => row.querySelector(BOX));
    const first = Math.min(...boxes.map(({ value }) => Number(value) || 0));
    boxes.forEach((box, place) => {
      if (box.value === String(first + place)) return;
      box.value = first + place;
      box.dispatchEvent(new Event("change", { bubbles: true }));
    });
  };
  const move = (row, other, isAfter) => {
    if (other && other !== row && other.parentElement === row.parentElement)
      other[isAfter ? "after" : "before"](row);
  };
  const rowAt = ({ clientX, clientY }) =>
    document.elementFromPoint(clientX, clientY)?.closest("tr.form-row:not(.empty-form)");
  // The document listens: a handle that is moved with its row loses the pointer.
  const drag = (row) => {
    row.classList.add("moving");
    const over = (event) => {
      event.preventDefault();
      const other = rowAt(event);
      if (!other || !isFilled(other)) return;
      const { top, height } = other.getBoundingClientRect();
      move(row, other, event.clientY > top + height / 2);
    };
    const drop = () => {
      row.classList.remove("moving");
      for (const name of ["pointerup", "pointercancel"]) document.removeEventListener(name, drop);
      document.removeEventListener("pointermove", over);
      number(row.parentElement);
    };
    document.addEventListener("pointermove", over);
    for (const name of ["pointerup", "pointercancel"]) document.addEventListener(name, drop);
  };
  const addHandle = (row) => {
    const box = row.querySelector(BOX);
    if (!box || row.querySelector(".row-handle")) return;
    const handle = words.content.cloneNode(true).firstElementChild;
    handle.addEventListener("keydown", (event) => {
      const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
      if (!step) return;
      event.preventDefault();
      const rows = rowsOf(row.parentElement).filter(isFilled);
      move(row, rows[rows.indexOf(row) + step], step > 0);
      number(row.parentElement);
      handle.focus();
    });
    handle.addEventListener("pointerdown", () => drag(row));
    box.before(handle);
  };
  const addHandles = () => {
    for (const box of document.querySelectorAll(`.inline-group tr.form-row ${BOX}`))
      if (!box.closest(".empty-form")) addHandle(box.closest("tr"));
  };
  if (!words) return;
  addEventListener("load", () => {
    addHandles();
    document.addEventListener("formset:added", addHandles);
  });
})();
