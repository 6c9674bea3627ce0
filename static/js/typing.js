// Nothing that is typed into a form of the admin is lost. What was not saved is kept in this browser
// for a day, and stands in its boxes again when the form is opened: after the back button, a closed
// tab or a crash. Leaving a changed form warns, a second click on Save is ignored, and logging out
// forgets all. Passwords and files are never kept.
(() => {
  const DAY = 24 * 60 * 60 * 1000;
  const MOST_TABS = 9; // with the same form, each with what was typed into it
  const PREFIX = "typed:";
  const words = document.getElementById("typed-words");
  if (!words) return; // nobody is logged in
  const mine = `${PREFIX}${words.dataset.user}:`;

  const read = (key) => {
    try {
      return JSON.parse(localStorage.getItem(key));
    } catch {
      return null;
    }
  };
  const write = (key, draft) => {
    try {
      localStorage.setItem(key, JSON.stringify(draft));
    } catch {
      // No room, or the browser keeps nothing: the warning on leaving is left.
    }
  };
  const rememberUser = () => {
    try {
      sessionStorage.typedBy = words.dataset.user; // in this tab
    } catch {
      // Nothing is sent by itself then.
    }
  };
  const isSameUser = () => {
    try {
      return sessionStorage.typedBy === words.dataset.user;
    } catch {
      return false;
    }
  };
  const forget = (isGone) => {
    for (const key of Object.keys(localStorage))
      if (key.startsWith(PREFIX) && isGone(key, read(key))) localStorage.removeItem(key);
  };

  // Names that a draft holds: what somebody types, and how many rows there are to type in.
  const counts = (box) => box.name.endsWith("-TOTAL_FORMS");
  const isTyped = (box) =>
    box.name &&
    !["submit", "button", "reset", "password", "file", "image"].includes(box.type) &&
    (box.type !== "hidden" || counts(box));
  const isTicked = (box) => box.type === "checkbox" || box.type === "radio";

  const valuesOf = (boxes) =>
    boxes.flatMap((box) => {
      if (isTicked(box)) return box.checked ? [box.value] : [];
      if (box.type === "select-multiple") return [...box.selectedOptions].map(({ value }) => value);
      return [box.value];
    });
  const stateOf = (form) => {
    const boxes = new Map();
    for (const box of [...form.elements].filter(isTyped))
      boxes.set(box.name, [...(boxes.get(box.name) ?? []), box]);
    return new Map([...boxes].map(([name, group]) => [name, valuesOf(group)]));
  };
  const changesOf = (form, before) => {
    const names = [...stateOf(form)];
    return names.filter(([name, now]) => String(now) !== String(before.get(name) ?? ""));
  };

  const labelsOf = (form, names) => {
    const chosen = [...form.querySelectorAll("select")].filter(({ name }) => names.includes(name));
    const pairs = chosen.flatMap((box) => [...box.selectedOptions].map((o) => [o.value, o.text]));
    return Object.fromEntries(pairs);
  };

  const fill = (boxes, values, labels) => {
    for (const box of boxes) {
      if (isTicked(box)) box.checked = values.includes(box.value);
      else if (box.tagName === "SELECT") {
        const known = [...box.options].map(({ value }) => value);
        for (const value of values)
          if (!known.includes(value)) box.add(new Option(labels[value] ?? value, value));
        for (const option of box.options) option.selected = values.includes(option.value);
      } else box.value = values[0] ?? "";
      box.dispatchEvent(new Event("change", { bubbles: true }));
      box.closest("details")?.setAttribute("open", "");
    }
  };
  const addRows = (form, draft) => {
    for (const [name, [count]] of draft.typed) {
      if (!name.endsWith("-TOTAL_FORMS")) continue;
      const group = document.getElementById(name.replace("-TOTAL_FORMS", "-group"));
      const total = form.elements[name];
      for (let row = Number(total?.value); row < Number(count); row++)
        group?.querySelector(".add-row a")?.click();
    }
  };
  const putBack = (form, draft) => {
    addRows(form, draft);
    for (const [name, values] of draft.typed) {
      if (name.endsWith("-TOTAL_FORMS")) continue;
      fill([...form.elements].filter((box) => box.name === name), values, draft.labels);
    }
    // So that what others saved since then is compared with what was seen then.
    if (form.elements.opened && draft.opened) form.elements.opened.value = draft.opened;
  };
  const tell = (form, draft, key) => {
    const bar = words.content.cloneNode(true).firstElementChild;
    bar.querySelector("time").textContent = new Date(draft.time).toLocaleString(
      document.documentElement.lang,
    );
    bar.querySelector("button").addEventListener("click", () => {
      localStorage.removeItem(key);
      form.dataset.sent = "thrown away"; // leaving warns of nothing
      location.reload();
    });
    form.prepend(bar);
  };

  // The first place that no other tab with this form holds. The page before this one may hold its
  // place for a moment longer.
  const findPlace = async (key) => {
    if (!navigator.locks) return `${key}#0`;
    for (let number = 0; number < MOST_TABS; number++) {
      const place = `${key}#${number}`;
      const isFree = await new Promise((answer) => {
        const hold = () => new Promise(() => answer(true));
        navigator.locks
          .request(place, { signal: AbortSignal.timeout(number ? 50 : 300) }, hold)
          .catch(() => answer(false));
      });
      if (isFree) return place;
    }
    return `${key}#${MOST_TABS}`;
  };

  const sendOnce = (form) => {
    form.addEventListener("submit", (event) => {
      if (form.dataset.sent) event.preventDefault();
      form.dataset.sent = "yes";
    });
    addEventListener("pageshow", ({ persisted }) => persisted && delete form.dataset.sent);
  };
  const warn = (form, opened, isRefused = false) =>
    addEventListener("beforeunload", (event) => {
      const isChanged = isRefused || changesOf(form, opened).length > 0;
      if (isChanged && !form.dataset.sent) event.preventDefault();
    });
  const watch = async (form) => {
    const opened = stateOf(form);
    const isRefused = document.querySelector(".errornote, .errorlist, #not-saved") !== null;
    let key;
    const keep = () => {
      if (!key || form.dataset.sent) return;
      const typed = changesOf(form, opened);
      if (!typed.length && !isRefused) return localStorage.removeItem(key);
      const earlier = isRefused ? (read(key)?.typed ?? []) : [];
      const all = [...new Map([...earlier, ...typed])];
      const labels = labelsOf(form, all.map(([name]) => name));
      write(key, { time: Date.now(), opened: form.elements.opened?.value, typed: all, labels });
    };
    let waiting;
    const keepSoon = () => {
      clearTimeout(waiting);
      waiting = setTimeout(keep, 300);
    };
    form.addEventListener("input", keepSoon);
    form.addEventListener("change", keepSoon);
    window.django?.jQuery?.(form).on("change formset:added formset:removed", keepSoon);
    form.addEventListener("submit", () => {
      keep();
      const draft = key && read(key);
      if (draft) write(key, { ...draft, isSent: true });
    });
    addEventListener("pagehide", keep);
    warn(form, opened, isRefused);
    key = await findPlace(`${mine}${location.pathname}${location.search}`);
    form.dataset.watched = "yes";
    const draft = isRefused ? null : read(key);
    if (!draft) return keep();
    putBack(form, draft);
    if (changesOf(form, opened).length) tell(form, draft, key);
    else localStorage.removeItem(key); // it was saved
  };

  addEventListener("load", () => {
    const isSaved = document.querySelector(".messagelist .success") !== null;
    const old = Date.now() - DAY;
    forget((key, draft) => !draft || draft.time < old || (isSaved && draft.isSent));
    // What one typed before their session ended is not saved under the name of another by itself.
    const again = document.querySelector("form.send-at-once");
    if (!again) rememberUser();
    else if (isSameUser()) HTMLFormElement.prototype.submit.call(again);
    const forms = document.querySelectorAll("#content-main form[method=post]");
    // Only forms that hold what is stored next. A page that asks back is kept by the form before it,
    // choices of an import are kept by the site, and a code of a second factor by nobody.
    const form = [...forms].find((each) => each.matches("[id$=_form], #guided, #merge"));
    if (form && !form.querySelector("[type=password]")) watch(form);
    const unkept = document.querySelector("#choices, #facts");
    if (unkept) warn(unkept, stateOf(unkept));
    forms.forEach(sendOnce); // last: it marks a form as sent, and a sent one is not kept any more
    // Last of all, as leaving a form keeps it.
    document
      .getElementById("logout-form")
      ?.addEventListener("submit", () => addEventListener("pagehide", () => forget(() => true)));
  });
})();
