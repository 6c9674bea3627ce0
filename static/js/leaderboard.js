// The controls of the leaderboard at once instead of at the next page. Everything here also works
// as plain links and forms: this script only makes the same view, under the same address.
// If all rows are on the page they are sorted and filtered in place, by the values and the orders
// that the server gave; otherwise the address is fetched and the table replaced.
(() => {
  "use strict";
  const form = document.getElementById("filters");
  if (!form) return;
  const LISTS = ["organization", "domain", "weights", "reasoning"];
  const DASHES = /[‐‑‒–—―−﹘﹣⁃˗➖]/g;
  const path = location.pathname;
  const state = { sort: null, intervals: null };
  // Rows that are filtered away stay in the form, and ticked for the comparison.
  const away = document.createElement("div");
  away.hidden = true;
  document.getElementById("compare")?.append(away);
  let local = null;
  let typing = false;

  const fold = (text) =>
    text.normalize("NFKC").toLowerCase().replace(DASHES, "-").split(/\s+/).join(" ").trim();
  // As the server reads a size: what is no number, not positive or a million and more is no limit.
  const NUMBER = /^\+?(\d+\.?\d*|\.\d+)(e[+-]?\d{1,3})?$/i;
  const positive = (text) => {
    const number = NUMBER.test(text.trim()) ? Number(text) : 0;
    return number > 0 && number < 1e6 ? number : null;
  };
  const bare = (sort) => sort.replace(/^-/, "");
  const standings = () => document.getElementById("standings");
  const status = document.getElementById("status");
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const checked = (name) => all(`input[name="${name}"]:checked`, form).map((box) => box.value);

  // What is asked for, in the canonical order of the parameters.
  function read() {
    const wanted = { sort: state.sort, q: fieldText("q") };
    for (const name of LISTS) wanted[name] = checked(name).sort();
    wanted.min_size = positive(form.elements.min_size.value);
    wanted.max_size = positive(form.elements.max_size.value);
    const limited = wanted.min_size !== null || wanted.max_size !== null;
    wanted.size = limited && checked("size").length ? "unknown" : null;
    wanted.columns = checked("columns");
    if (!wanted.columns.length) wanted.columns = form.dataset.columns.split(",");
    wanted.intervals = state.intervals;
    return wanted;
  }

  // What cannot be seen is no search.
  const fieldText = (name) =>
    form.elements[name].value.replace(/(?! )[\p{C}\p{Z}]/gu, "").split(/ +/).join(" ").trim().slice(0, 100).trim() || null;

  function address(wanted) {
    const query = new URLSearchParams();
    for (const [name, value] of Object.entries(wanted)) {
      if (value === null || value === undefined || value.length === 0) continue;
      if (name === "columns") {
        if (value.join() !== form.dataset.columns) query.append(name, value.join());
      } else for (const each of [].concat(value)) query.append(name, each);
    }
    const text = query.toString().replace(/%2C/g, ",");
    return `?${text}`;
  }

  // The other way round: the controls as an address says.
  function write(search) {
    const query = new URLSearchParams(search);
    const single = (name) => (query.getAll(name).length === 1 ? query.get(name) : null);
    const sortable = [...boxes("columns"), "llm", ...all("[data-sort]").map((link) => link.dataset.sort)];
    const sort = single("sort");
    state.sort = sort !== null && sortable.includes(bare(sort)) ? sort : null;
    state.intervals = ["all", "off"].includes(single("intervals")) ? single("intervals") : null;
    form.elements.q.value = single("q") || "";
    for (const name of ["min_size", "max_size"]) form.elements[name].value = single(name) || "";
    for (const name of [...LISTS, "size"]) tick(name, query.getAll(name));
    const known = boxes("columns");
    const columns = query.getAll("columns").join().split(",").filter((key) => known.includes(key));
    tick("columns", columns.length ? columns : form.dataset.columns.split(","));
  }

  const boxes = (name) => all(`input[name="${name}"]`, form).map((box) => box.value);

  function tick(name, values) {
    for (const box of all(`input[name="${name}"]`, form)) box.checked = values.includes(box.value);
  }

  // The rows of a complete page, with the facts that filters ask for.
  function prepare() {
    const wrap = document.querySelector("[data-rows]");
    if (!wrap) return null;
    const data = JSON.parse(wrap.dataset.rows);
    const makers = new Map(all("input[name=organization]", form).map((box) => [box.nextSibling.data.trim(), box.value]));
    const rows = all("#standings tbody tr").map((row, index) => {
      const small = row.querySelector("th small").textContent;
      const maker = small.split(" · ")[0];
      const known = makers.has(maker);
      const size = / · ([\d.]+)B/.exec(small);
      const llm = { row, size: size && +size[1], organization: known ? makers.get(maker) : "unknown" };
      for (const [name, [values, which]] of Object.entries(data.facts)) llm[name] = values[which[index]];
      const best = row.querySelector(".rank small");
      llm.text = fold(`${row.querySelector("th a").textContent} ${known ? maker : ""}`);
      llm.best = best && best.textContent.split("–")[0];
      return llm;
    });
    const keys = all("#standings th[data-column]").map((header) => header.dataset.column);
    if (!data.base.length) data.base = [...rows.keys()];
    const order = (key, value) => { data.orders[key] = groups(data.base, (index) => value(rows[index], index)); };
    order("parameters", (llm) => llm.size ?? NaN);
    const slugs = [...makers.values()];
    order("organization", ({ organization }) => organization === "unknown" ? NaN : slugs.indexOf(organization));
    keys.slice(1).forEach((key, column) => order(key, ({ row }) => {
      const cell = row.children[column + 2];
      return Number(cell.dataset.value ?? cell.firstChild.data);
    }));
    return { ...data, rows, keys, intervals: state.intervals };
  }

  // Rows of equal value, ascending, and in order of rank; a missing value is NaN.
  function groups(base, valueOf) {
    const found = new Map();
    for (const index of base) {
      const value = valueOf(index);
      if (!isNaN(value)) found.set(value, [...(found.get(value) || []), index]);
    }
    return [...found].sort(([a], [b]) => a - b).map(([, group]) => group);
  }

  const tests = {
    q: (wanted, llm) => !wanted.q || llm.text.includes(fold(wanted.q)),
    ...Object.fromEntries(
      LISTS.map((name) => [name, (wanted, llm) => !wanted[name].length || wanted[name].includes(llm[name])]),
    ),
    size: (wanted, llm) => {
      const { min_size: low, max_size: high } = wanted;
      if (low === null && high === null) return true;
      if (llm.size === null) return wanted.size === "unknown";
      return (low === null || llm.size >= low) && (high === null || llm.size <= high);
    },
  };
  const fits = (wanted, llm, but) =>
    Object.entries(tests).every(([name, test]) => name === but || test(wanted, llm));

  // Who has no value is last either way.
  function ordered(sort) {
    const key = bare(sort);
    const known = (sort === key ? local.orders[key] : local.orders[key].toReversed()).flat();
    const seen = new Set(known);
    return known.concat(local.base.filter((index) => !seen.has(index)));
  }

  function rearrange(wanted) {
    const sort = wanted.sort || local.sort;
    const shown = ordered(sort).map((index) => local.rows[index]).filter((llm) => fits(wanted, llm));
    const body = standings().tBodies[0];
    away.replaceChildren(...local.rows.map((llm) => llm.row));
    body.replaceChildren(...shown.map((llm) => llm.row));
    const steps = bare(sort) === bare(local.sort) && wanted.intervals !== "off";
    shown.forEach((llm, index) => {
      const step = steps && index > 0 && llm.best !== shown[index - 1].best;
      llm.row.firstElementChild.classList.toggle("step", step);
    });
    showColumns(wanted.columns);
    head(wanted, sort);
    say(wanted, sort, shown.length);
    fade();
  }

  // In the charts, LLMs that are not in the table step back.
  function fade() {
    for (const link of all(".pics a[href*='/llms/']")) {
      const slug = link.getAttribute("href").split("/llms/")[1].split("/")[0];
      link.classList.toggle("off", !standings().tBodies[0].rows.namedItem(slug));
    }
  }

  function showColumns(keys) {
    const groups = all("#standings .groups > :not(:first-child)");
    const headers = all("#standings th[data-column]").slice(1);
    let position = 0;
    for (const group of groups) {
      const span = +(group.dataset.span || (group.dataset.span = group.colSpan));
      let first = true;
      for (const header of headers.slice(position, position + span)) {
        const hide = !keys.includes(header.dataset.column);
        const index = position + 2;
        for (const cell of [header, ...local.rows.map((llm) => llm.row.children[index])]) {
          cell.hidden = hide;
          cell.classList.toggle("edge", !hide && first);
        }
        if (!hide) first = false;
        position += 1;
      }
      const count = headers.slice(position - span, position).filter((header) => !header.hidden).length;
      group.hidden = count === 0;
      group.colSpan = count || 1;
    }
  }

  function head(wanted, sort) {
    const link = (key) => {
      const first = `-${key}` in local.words ? `-${key}` : key;
      const next = sort !== first ? first : first === key ? `-${key}` : key;
      return address({ ...wanted, sort: next === local.sort ? null : next });
    };
    for (const header of all("#standings th[data-column]")) {
      const key = header.dataset.column;
      header.querySelector("a").setAttribute("href", link(key));
      if (bare(sort) !== key) header.removeAttribute("aria-sort");
      else header.setAttribute("aria-sort", sort.startsWith("-") ? "descending" : "ascending");
    }
    for (const other of all("[data-sort]")) other.setAttribute("href", link(other.dataset.sort));
    for (const other of all("[data-intervals]"))
      other.setAttribute("href", address({ ...wanted, intervals: other.dataset.intervals || null }));
  }

  function say(wanted, sort, count) {
    const key = bare(sort);
    const words = local.words[key] || local.words[`-${key}`];
    const direction = status.dataset[sort.startsWith("-") ? "descending" : "ascending"];
    const filtered = ["q", "min_size", "max_size"].some((name) => wanted[name] !== null) || LISTS.some((name) => wanted[name].length);
    const template = filtered ? status.dataset.some : status.dataset.all;
    status.textContent = template
      .replace("{shown}", count).replace("{all}", local.rows.length)
      .replace("{column}", words).replace("{direction}", direction);
    standings().caption.textContent = status.dataset.caption.replace("{column}", words).replace("{direction}", direction);
    for (const fact of ["organization", "domain", "weights", "reasoning", "size"]) {
      const unknown = local.rows.filter((llm) =>
        (fact === "size" ? llm.size === null : llm[fact] === "unknown") &&
        !tests[fact](wanted, llm) && fits(wanted, llm, fact));
      if (!unknown.length) continue;
      const wider = fact === "size" ? "unknown" : [...wanted[fact], "unknown"].sort();
      const link = document.createElement("a");
      link.href = address({ ...wanted, [fact]: wider });
      link.textContent = status.dataset.include;
      const text = status.dataset.left.replace("{count}", unknown.length).replace("{fact}", status.dataset[fact] || fact);
      status.append(` ${text} (`, link, ").");
    }
  }

  const load = async (url) =>
    new DOMParser().parseFromString(await (await fetch(url)).text(), "text/html");

  // The same address from the server, for what is not on the page.
  let latest = 0;
  async function replace(url) {
    const turn = ++latest;
    const view = document.getElementById("view");
    view.setAttribute("aria-busy", "true");
    try {
      const page = await load(url);
      if (turn !== latest) return;
      document.getElementById("view").replaceWith(page.getElementById("view"));
      status.innerHTML = page.getElementById("status").innerHTML;
      form.querySelector(".choices").replaceWith(page.querySelector("#filters .choices"));
      local = prepare();
      watch();
    } catch {
      location.assign(url);
    }
  }

  // Charts have an address of their own, and come before they are scrolled into sight.
  const near = new IntersectionObserver(([{ target, boundingClientRect: { top } }]) => {
    if (scrollY && top > innerHeight && top < innerHeight + 900) showCharts(target);
  }, { rootMargin: "900px" });
  const watch = () => all("p.pics").forEach((place) => near.observe(place));

  async function showCharts(place) {
    near.disconnect();
    const page = await load(place.firstElementChild.href);
    const style = page.querySelector("[href*='pages']");
    if (!document.querySelector("[href*='pages']")) {
      document.head.append(style);
      await new Promise((done) => { style.onload = style.onerror = done; });
    }
    place.replaceWith(...all("#charts", page));
    fade();
  }

  function show(wanted, url) {
    const here = local && wanted.intervals === local.intervals &&
      bare(wanted.sort || local.sort) in local.orders && wanted.columns.every((key) => local.keys.includes(key));
    document.getElementById("reset").hidden = url === "?";
    for (const link of all("[data-view]")) {
      const name = link.hasAttribute("href") ? "href" : "data-href";
      link.setAttribute(name, link.getAttribute(name).split("?")[0] + (url === "?" ? "" : url));
    }
    for (const menu of all(".menu[data-name]", form))
      menu.classList.toggle("chosen", menu.dataset.name !== "columns" && checked(menu.dataset.name).length > 0);
    if (!here) return replace(url);
    latest += 1;
    document.getElementById("view").removeAttribute("aria-busy");
    rearrange(wanted);
  }

  function update(push) {
    const wanted = read();
    go(wanted, address(wanted), push);
  }

  // The default view is the bare address, without the “?” that a link needs.
  function go(wanted, url, push) {
    history[push ? "pushState" : "replaceState"](null, "", url === "?" ? path : url);
    show(wanted, url);
  }

  form.addEventListener("input", (event) => {
    const text = event.target.type !== "checkbox";
    update(!(text && typing));
    typing = text;
  });
  form.addEventListener("change", () => { typing = false; });
  form.addEventListener("submit", (event) => { event.preventDefault(); update(true); });
  document.addEventListener("click", (event) => {
    const link = event.target.closest("main a[href]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    const href = link.getAttribute("href");
    const charts = link.closest("p.pics");
    if (!charts && !href.startsWith("?")) return;
    event.preventDefault();
    if (charts) return showCharts(charts);
    typing = false;
    write(href);
    const wanted = read();
    go(wanted, new URLSearchParams(href).has("page") ? href : address(wanted), true);
  });
  document.addEventListener("click", (event) => {
    for (const menu of all(".menu[open]")) if (!menu.contains(event.target)) menu.open = false;
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of all(".menu[open]")) { menu.open = false; menu.querySelector("summary").focus(); }
  });
  addEventListener("popstate", () => {
    if (location.hash && !location.search && location.pathname !== path) return;
    typing = false;
    write(location.search);
    const wanted = read();
    show(wanted, location.search || "?");
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
  watch();
})();
