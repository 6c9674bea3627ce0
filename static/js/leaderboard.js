// The same views under the same addresses as by links and forms, at once: in place if all rows are
// on the page, otherwise fetched.
(() => {
  "use strict";
  const form = document.getElementById("filters");
  if (!form) return;
  const LISTS = ["organization", "domain", "weights", "reasoning"];
  const DASHES = /[‐-―−﹘﹣⁃˗➖]/g;
  // As the server reads a size.
  const NUMBER = /^\+?(\d+\.?\d*|\.\d+)(e[+-]?\d{1,3})?$/i;
  const path = location.pathname;
  const status = document.getElementById("status");
  const state = { sort: null, intervals: null };
  // Rows that are filtered away wait in the form, and stay ticked for the comparison.
  const away = document.createElement("div");
  away.hidden = true;
  const compare = document.getElementById("compare");
  compare?.append(away);
  let local = null;
  let typing = false;
  let latest = 0;

  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const boxes = (name) => all(`input[name="${name}"]`, form);
  const checked = (name) => boxes(name).filter((box) => box.checked).map((box) => box.value);
  const tick = (name, values) => boxes(name).forEach((box) => { box.checked = values.includes(box.value); });
  const standings = () => document.getElementById("standings");
  const headers = () => all("#standings th[data-column]");
  const view = (page = document) => page.getElementById("view");
  const bare = (sort) => sort.replace(/^-/, "");
  const fold = (text) =>
    text.normalize("NFKC").toLowerCase().replace(DASHES, "-").split(/\s+/).join(" ").trim();
  const positive = (text) => {
    const number = NUMBER.test(text.trim()) ? Number(text) : 0;
    return number > 0 && number < 1e6 ? number : null;
  };

  // What is asked for, in the canonical order of the parameters. What cannot be seen is no search.
  function read() {
    const { q, min_size, max_size } = form.elements;
    const text = q.value.replace(/(?! )[\p{C}\p{Z}]/gu, "").split(/ +/).join(" ").trim().slice(0, 100).trim();
    const wanted = { sort: state.sort, q: text || null };
    for (const name of LISTS) wanted[name] = checked(name).sort();
    wanted.min_size = positive(min_size.value);
    wanted.max_size = positive(max_size.value);
    wanted.size = (wanted.min_size || wanted.max_size) && checked("size")[0] || null;
    wanted.columns = checked("columns");
    if (!wanted.columns.length) wanted.columns = form.dataset.columns.split(",");
    wanted.intervals = state.intervals;
    return wanted;
  }

  function address(wanted) {
    const query = new URLSearchParams();
    for (const [name, value] of Object.entries(wanted)) {
      if (name !== "columns") for (const each of [value ?? []].flat()) query.append(name, each);
      else if (`${value}` !== form.dataset.columns) query.append(name, value);
    }
    return `?${query}`.replace(/%2C/g, ",");
  }

  // The other way round: the controls as an address says.
  function write(search) {
    const query = new URLSearchParams(search);
    const single = (name) => (query.getAll(name).length === 1 ? query.get(name) : "");
    const known = boxes("columns").map((box) => box.value);
    const sort = single("sort");
    const sortable = [...known, "llm", ...all("[data-sort]").map((link) => link.dataset.sort)];
    state.sort = sortable.includes(bare(sort)) ? sort : null;
    state.intervals = ["all", "off"].includes(single("intervals")) ? single("intervals") : null;
    for (const name of ["q", "min_size", "max_size"]) form.elements[name].value = single(name);
    for (const name of [...LISTS, "size"]) tick(name, query.getAll(name));
    const columns = query.getAll("columns").join().split(",").filter((key) => known.includes(key));
    tick("columns", columns.length ? columns : form.dataset.columns.split(","));
  }

  // The rows of a complete page, with what filters and orders ask for.
  function prepare() {
    const wrap = document.querySelector("[data-rows]");
    if (!wrap) return null;
    const data = JSON.parse(wrap.dataset.rows);
    const makers = new Map(boxes("organization").map((box) => [box.nextSibling.data.trim(), box.value]));
    const slugs = [...makers.values()];
    const rows = all("tbody tr", wrap).map((row) => {
      const [name, small, best] = ["th a", "th small", ".rank small"].map((each) => row.querySelector(each)?.textContent);
      const maker = small.split(" · ")[0];
      const size = / · ([\d.]+)B/.exec(small);
      const llm = { row, size: size && +size[1], organization: makers.get(maker) ?? "unknown", best: best?.split("–")[0] };
      llm.text = fold(`${name} ${makers.has(maker) ? maker : ""}`);
      return llm;
    });
    // LLMs are numbered by rank; base says where each stands.
    const base = data.base.length ? data.base : [...rows.keys()];
    base.forEach((index, rank) => {
      for (const [fact, [values, which]] of Object.entries(data.facts)) rows[index][fact] = values[which[rank]];
    });
    data.orders.llm = data.orders.llm.map((group) => [group].flat().map((rank) => base[rank]));
    // Rows of equal value, ascending, and in order of rank; a missing value is NaN.
    const order = (key, valueOf) => {
      const found = new Map();
      for (const index of base) {
        const value = valueOf(rows[index]);
        if (!isNaN(value)) found.set(value, [...(found.get(value) || []), index]);
      }
      data.orders[key] = [...found].sort(([a], [b]) => a - b).map(([, group]) => group);
    };
    order("parameters", (llm) => llm.size ?? NaN);
    order("organization", (llm) => (llm.organization === "unknown" ? NaN : slugs.indexOf(llm.organization)));
    const keys = headers().map((header) => header.dataset.column);
    keys.slice(1).forEach((key, column) => order(key, ({ row }) => {
      const cell = row.children[column + 2];
      return Number(cell.dataset.value ?? cell.firstChild.data);
    }));
    return { ...data, base, rows, keys, intervals: state.intervals, columns: `${keys.slice(1)}` };
  }

  const tests = {
    q: (wanted, llm) => !wanted.q || llm.text.includes(fold(wanted.q)),
    size: ({ min_size: low, max_size: high, size }, llm) =>
      (low === null && high === null) ||
      (llm.size === null ? size : (low === null || llm.size >= low) && (high === null || llm.size <= high)),
  };
  for (const name of LISTS) tests[name] = ({ [name]: values }, llm) => !values.length || values.includes(llm[name]);
  const fits = (wanted, llm, but) => Object.keys(tests).every((name) => name === but || tests[name](wanted, llm));

  // Who has no value is last either way.
  function ordered(sort) {
    const groups = local.orders[bare(sort)];
    const known = (sort.startsWith("-") ? groups.toReversed() : groups).flat();
    return [...new Set([...known, ...local.base])].map((index) => local.rows[index]);
  }

  function rearrange(wanted) {
    const sort = wanted.sort || local.sort;
    const fitting = new Set(local.rows.filter((llm) => fits(wanted, llm)));
    const shown = ordered(sort).filter((llm) => fitting.has(llm));
    away.replaceChildren(...local.rows.filter((llm) => !fitting.has(llm)).map((llm) => llm.row));
    standings().tBodies[0].replaceChildren(...shown.map((llm) => llm.row));
    const steps = bare(sort) === bare(local.sort) && wanted.intervals !== "off";
    shown.forEach((llm, index) =>
      llm.row.classList.toggle("step", steps && index > 0 && llm.best !== shown[index - 1].best));
    if (`${wanted.columns}` !== local.columns) showColumns(wanted.columns);
    head(wanted, sort);
    say(wanted, sort, shown.length);
    fade();
  }

  // In the charts, LLMs that are not in the table step back.
  function fade() {
    for (const link of all(".pics svg a")) {
      const slug = link.getAttribute("href").split("/").at(-2);
      link.classList.toggle("off", !standings().tBodies[0].rows.namedItem(slug));
    }
  }

  function showColumns(keys) {
    local.columns = `${keys}`;
    let position = 1;
    for (const group of all("#standings .groups > :not(:first-child)")) {
      const span = +(group.dataset.span ??= group.colSpan);
      let count = 0;
      for (const header of headers().slice(position, position + span)) {
        const hide = !keys.includes(header.dataset.column);
        position += 1;
        for (const cell of [header, ...local.rows.map((llm) => llm.row.children[position])]) {
          cell.hidden = hide;
          cell.classList.toggle("edge", !hide && !count);
        }
        count += !hide;
      }
      group.hidden = !count;
      group.colSpan = count || 1;
    }
  }

  function head(wanted, sort) {
    const link = (key, element) => {
      const first = local.up.includes(key) ? key : `-${key}`;
      const next = sort !== first ? first : first === key ? `-${key}` : key;
      element.setAttribute("href", address({ ...wanted, sort: next === local.sort ? null : next }));
    };
    for (const header of headers()) {
      const key = header.dataset.column;
      link(key, header.firstElementChild);
      header.ariaSort = bare(sort) !== key ? null : sort === key ? "ascending" : "descending";
    }
    for (const other of all("[data-sort]")) link(other.dataset.sort, other);
    for (const other of all("[data-intervals]"))
      other.setAttribute("href", address({ ...wanted, intervals: other.dataset.intervals || null }));
  }

  function say(wanted, sort, shown) {
    const text = status.dataset;
    const words = boxes("columns").find((box) => box.value === bare(sort))?.nextSibling.data.trim() ??
      document.querySelector(`[data-sort="${bare(sort)}"]`)?.textContent ?? local.name;
    const filled = (template, values) => template.replace(/{(\w+)}/g, (_, name) => values[name]);
    const filtered = wanted.q || wanted.min_size || wanted.max_size || LISTS.some((name) => wanted[name].length);
    const values = {
      column: words,
      direction: sort.startsWith("-") ? text.descending : text.ascending,
      count: filtered ? filled(text.some, { shown, all: local.rows.length }) : shown,
    };
    status.textContent = filled(text.all, values);
    standings().caption.textContent = filled(text.caption, values);
    for (const fact of [...LISTS, "size"]) {
      const unknown = local.rows.filter((llm) =>
        (llm[fact] ?? "unknown") === "unknown" && !tests[fact](wanted, llm) && fits(wanted, llm, fact));
      if (!unknown.length) continue;
      const link = document.createElement("a");
      link.href = address({ ...wanted, [fact]: [...(wanted[fact] || []), "unknown"].sort() });
      link.textContent = text.include;
      status.append(` ${filled(text.left, { count: unknown.length, fact: text[fact] || fact })} (`, link, ").");
    }
  }

  const load = async (url) =>
    new DOMParser().parseFromString(await (await fetch(url)).text(), "text/html");

  // The styles that a fetched page has and this one does without.
  async function dress(page) {
    const style = page.querySelector("[href*='css/pages']");
    if (!style || document.querySelector("[href*='css/pages']")) return;
    document.head.append(style);
    await new Promise((done) => { style.onload = style.onerror = done; });
  }

  // The same address from the server, for what is not on the page.
  async function replace(url) {
    const turn = ++latest;
    view().ariaBusy = "true";
    try {
      const page = await load(url);
      await dress(page);
      if (turn !== latest) return;
      view().replaceWith(view(page));
      status.innerHTML = page.getElementById("status").innerHTML;
      form.querySelector(".choices").replaceWith(page.querySelector(".choices"));
      local = prepare();
    } catch {
      location.assign(url);
    }
  }

  // Charts have an address of their own, and come when asked for: nothing moves by itself.
  async function showCharts(place) {
    const page = await load(place.firstElementChild.href);
    await dress(page);
    place.replaceWith(...all("#charts", page));
    fade();
  }

  function show(wanted, url) {
    document.getElementById("reset").hidden = url === "?";
    for (const link of all("[data-view]")) {
      const name = link.hasAttribute("href") ? "href" : "data-href";
      link.setAttribute(name, link.getAttribute(name).split("?")[0] + (url === "?" ? "" : url));
    }
    for (const menu of all("[data-name]", form))
      menu.classList.toggle("chosen", LISTS.includes(menu.dataset.name) && checked(menu.dataset.name).length > 0);
    const here = local && wanted.intervals === local.intervals &&
      bare(wanted.sort || local.sort) in local.orders && wanted.columns.every((key) => local.keys.includes(key));
    if (!here) return replace(url);
    latest += 1;
    view().ariaBusy = null;
    rearrange(wanted);
  }

  // The default view is the bare address, without the “?” that a link needs.
  function go(push, href) {
    const wanted = read();
    const url = href || address(wanted);
    history[push ? "pushState" : "replaceState"](null, "", url === "?" ? path : url);
    show(wanted, url);
  }

  form.addEventListener("input", (event) => {
    const text = event.target.type !== "checkbox";
    go(!(text && typing));
    typing = text;
  });
  form.addEventListener("change", () => { typing = false; });
  const offer = () => compare?.classList.toggle("any", !!document.querySelector("#compare :checked, .rank :checked"));
  document.addEventListener("change", offer);
  form.addEventListener("submit", (event) => { event.preventDefault(); go(true); });
  document.addEventListener("click", (event) => {
    for (const menu of all(".menu[open]")) if (!menu.contains(event.target)) menu.open = false;
    const link = event.target.closest("main a[href]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    const href = link.getAttribute("href");
    const charts = link.closest("p.pics");
    if (!charts && !href.startsWith("?")) return;
    event.preventDefault();
    if (charts) return showCharts(charts);
    typing = false;
    write(href);
    go(true, /[?&]page=/.test(href) && href);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of all(".menu[open]")) { menu.open = false; menu.firstElementChild.focus(); }
  });
  addEventListener("popstate", () => {
    if (location.hash && !location.search && location.pathname !== path) return;
    typing = false;
    write(location.search);
    show(read(), location.search || "?");
  });
  for (const button of all(".copy")) {
    button.hidden = false;
    const label = button.textContent;
    button.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(await (await fetch(button.dataset.href)).text());
        button.textContent = status.dataset.copied;
      } catch {
        location.assign(button.dataset.href);
      }
      setTimeout(() => { button.textContent = label; }, 2000);
    });
  }
  write(location.search);
  local = prepare();
  offer();
})();
