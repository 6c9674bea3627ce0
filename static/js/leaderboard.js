// The leaderboard's filters, search, orders and columns at once, under the same addresses as by links
// and forms. If all rows are on the page, the script arranges them; otherwise it fetches the page.
// The server's rules hold: each section names the function that it follows, and
// tests/browser/test_same_view.py compares the two.
//
// Sections: page · address · search · rows · filters · table · status · fetching · going · opening ·
// comparison · copying · start
(() => {
  // ---- Page: its elements, and what is known of them

  const FACTS = ["organization", "domain", "weights", "reasoning"];
  const path = location.pathname;
  const form = document.getElementById("filters");
  const status = document.getElementById("status");
  const [chips, active, order, reverse, overall, compare] =
    ["chips", "active", "order", "reverse", "overall", "compare"].map((id) => document.getElementById(id));
  const phone = matchMedia("(max-width: 43.75em)");  // as in site.css
  // Without controls of their own, these are kept here; CHOICES are those with links.
  const state = { sort: null, llm: [] };
  const CHOICES = ["intervals", "ranges", "baselines", "families"];
  // The rows and orders of a complete page; null if some rows are missing.
  let local = null;

  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const boxes = (name, filters = form) => all(`[name="${name}"]`, filters);
  const label = (box) => box?.nextSibling.data.trim();
  const checked = (name) => new FormData(form).getAll(name);
  const columnsOf = (keys) => (keys.length ? keys : form.dataset.columns.split(","));
  const view = (page = document) => page.getElementById("view");
  const table = () => document.getElementById("standings");
  const headers = () => all("#standings th[data-column]");
  const keyOf = (sort) => sort.replace(/^-/, "");

  // ---- Address: the query string and the controls (leaderboard/pages/selection.py, Selection)

  // A size as text/numbers.py, parse_number, reads it.
  const NUMBER = /^[ \t]*\+?(\d+\.?\d*|\.\d+)(e[+-]?\d{1,3})?[ \t]*$/i;
  const readSize = (text) => {
    const number = NUMBER.test(text) && +text;
    return number > 0 && number < 1e6 ? number : null;
  };

  // read_search: characters that cannot be seen are dropped, and 100 are the most.
  const readSearch = (text) => {
    const seen = text.replace(/(?! )[\p{C}\p{Z}]/gu, "").replace(/ +/g, " ").trim();
    return [...seen].slice(0, 100).join("").trim() || null;
  };

  // What the controls ask for, in the order that parameters have in an address.
  function readControls() {
    const { q, min_size, max_size } = form.elements;
    const wanted = { sort: state.sort, q: readSearch(q.value) };
    for (const fact of FACTS) wanted[fact] = checked(fact).sort();
    wanted.min_size = readSize(min_size.value);
    wanted.max_size = readSize(max_size.value);
    wanted.size = (wanted.min_size || wanted.max_size) && checked("size")[0] || null;
    for (const [name, value] of new FormData(form))
      if (name.includes("fact_") && value) wanted[name] = [...(wanted[name] ?? []), value];
    wanted.columns = columnsOf(checked("columns"));
    for (const name of CHOICES) wanted[name] = state[name];
    wanted.at = form.elements.at?.value;
    wanted.llm = state.llm;
    return wanted;
  }

  // column_codes.py: what is shown or what is left out, by keys or by codes of them.
  const everyColumn = () => boxes("columns").map((box) => box.value);
  const code = (key) => {
    let hash = 0x811c9dc5;
    for (const letter of key) hash = Math.imul(hash ^ letter.charCodeAt(), 0x01000193);
    return (hash >>> 0).toString(36).padStart(5, "0").slice(-5);
  };
  function writeColumns(shown) {
    const rest = everyColumn().filter((key) => !shown.includes(key));
    const names = `${shown}`;
    const others = rest.map((key) => `-${key}`).join() || "-";
    const [sign, keys, text] = names.length <= Math.max(200, others.length) ? ["", shown, names] : ["-", rest, others];
    return text.length > 1000 ? `${sign}.${keys.map(code).join("")}` : text;
  }
  function readColumns(text) {
    const parts = text.split(",");
    const named = (part, key) => part.startsWith(".") ? part.slice(1).match(/.{5}/g)?.includes(code(key)) : part === key;
    const hidden = parts.filter((part) => part.startsWith("-"));
    return everyColumn().filter((key) => parts.some((part) => named(part, key)) ||
      (hidden[0] && !hidden.some((part) => named(part.slice(1), key))));
  }

  // Selection.url: “?” alone is the default view.
  function addressOf(wanted) {
    const query = new URLSearchParams();
    for (const [name, value] of Object.entries(wanted)) {
      if (name !== "columns") for (const choice of [value ?? []].flat()) query.append(name, choice);
      else if (`${value}` !== form.dataset.columns) query.append(name, writeColumns(value));
    }
    return `?${query}`.replace(/%2C/g, ",");
  }

  // Selection.from_query: what is unknown, or given twice where one is meant, does not count.
  function writeControls(search) {
    const query = new URLSearchParams(search);
    const single = (name) => (query.getAll(name).length === 1 ? query.get(name) : "");
    const known = everyColumn();
    const sort = single("sort");
    const sortable = [...known, "llm", ...all("[data-sort]").map((link) => link.dataset.sort)];
    state.sort = sortable.includes(keyOf(sort)) ? sort : null;
    state.llm = query.getAll("llm");
    for (const name of CHOICES)
      state[name] = all(`[data-${name}]`).some((link) => link.dataset[name] === single(name)) && single(name) || null;
    for (const box of all("input[name]:not([type=hidden])", form)) {
      box.checked = query.getAll(box.name).includes(box.value);
      if (box.type !== "checkbox") box.value = single(box.name);
    }
    const columns = readColumns([...query.getAll("columns"), ...query.getAll("c")].join());
    for (const box of boxes("columns")) box.checked = columnsOf(columns).includes(box.value);
  }

  // ---- Search: when two texts are the same (leaderboard/text/names.py, name_key)

  // Of the server's dashes, NFKC makes two into others.
  const DASHES = /[‐-―−⁃˗➖]/g;
  // The small letters of capitals are Python's casefold: “ß” becomes “ss”. Only “ı” is its own.
  const foldCase = (letter) =>
    letter === "ı" ? letter : letter.toLowerCase().toUpperCase().toLowerCase();
  const nameKey = (text) =>
    [...text.normalize("NFKC")].map(foldCase).join("").replace(DASHES, "-").normalize("NFKC")
      .replace(/\s+/g, " ").trim();

  // ---- Rows: what filters and orders ask of them (leaderboard/pages/script_data.py)

  // The filters are those of the page that the rows came with: their boxes stand for the facts.
  function readRows(filters) {
    const wrap = document.querySelector("[data-rows]");
    if (!wrap) return null;
    const { base, names, facts, sizes, cuts, ...data } = JSON.parse(wrap.dataset.rows);
    const rows = all("tbody tr", wrap).map((row) => ({ row }));
    // “base” says in which row each rank stands, if the rows are not in that order. “names” are the
    // ranks in order of the names, and facts and sizes are in that order too.
    const byRank = base?.map((index) => rows[index]) ?? rows;
    const byName = names.map((rank) => byRank[rank]);
    for (const fact of FACTS) {
      const choices = boxes(fact, filters);
      byName.forEach((llm, index) => { llm[fact] = choices[facts[fact][index]]?.value ?? "unknown"; });
    }
    byName.forEach((llm, index) => {
      const { row } = llm;
      llm.size = sizes[index];
      llm.aside = row.matches(".baseline");
      // Without a rank it stands behind every cut: NaN is before none of them.
      llm.group = cuts.filter((cut) => !(cut > +row.querySelector(".rank b").textContent)).length;
      llm.maker = facts.organization[index];
      const maker = label(boxes("organization", filters)[llm.maker]) ?? "";
      llm.text = nameKey(`${row.querySelector("th a").textContent} ${maker}`);
    });
    // Groups of equal value, ascending, each in order of rank; a missing value is NaN.
    const orders = { llm: byName.map((llm) => [llm]) };
    const order = (key, valueOf) => {
      const groups = new Map();
      for (const llm of byRank) {
        const value = valueOf(llm) ?? NaN;
        if (!isNaN(value)) groups.set(value, [...(groups.get(value) || []), llm]);
      }
      orders[key] = [...groups].sort(([a], [b]) => a - b).map(([, group]) => group);
    };
    order("organization", ({ maker }) => maker);
    order("parameters", ({ size }) => size);
    // A cell says its value, and in data-value the exact one where its text is rounded. A partial
    // run that is not ranked sorts as if it were missing.
    const columns = headers().slice(1).map((header) => header.dataset.column);
    columns.forEach((key, column) => order(key, ({ row }) => {
      const cell = row.children[column + 2];
      if (!cell.matches(".aside")) return +(cell.dataset.value ?? cell.firstChild.data);
    }));
    return { ...state, ...data, rows: byRank, orders, columns: `${columns}` };
  }

  // ---- Filters (leaderboard/pages/selection.py, Selection.tests)

  const tests = {
    q: ({ q }, llm) => llm.text.includes(nameKey(q ?? "")),
    size: ({ min_size, max_size, size }, llm) =>
      !(min_size || max_size) ||
      (llm.size === null ? size : llm.size >= (min_size ?? 0) && llm.size <= (max_size ?? Infinity)),
  };
  for (const fact of FACTS) tests[fact] = ({ [fact]: values }, llm) => !values.length || values.includes(llm[fact]);
  const fits = (wanted, llm, except) => Object.keys(tests).every((name) => name === except || tests[name](wanted, llm));

  // ---- Table: its rows, columns and headers (leaderboard/pages/tables.py, StandingsTable)

  // Standings.sorted_by: a missing value is last in both directions.
  function sortedBy(sort) {
    const groups = local.orders[keyOf(sort)];
    const known = (sort.startsWith("-") ? groups.toReversed() : groups).flat();
    return [...new Set([...known, ...local.rows])];
  }

  function arrange(wanted) {
    const sort = wanted.sort || local.sort;
    for (const button of all(".open .opener")) toggleRow(button);
    const shown = sortedBy(sort).filter((llm) => fits(wanted, llm));
    away.replaceChildren(...local.rows.filter((llm) => !shown.includes(llm)).map((llm) => llm.row));
    table().tBodies[0].replaceChildren(...shown.map((llm) => llm.row));
    // StandingsTable.body: a line where no rank range reaches across.
    const steps = keyOf(sort) === keyOf(local.sort) && wanted.intervals !== "off";
    let previous; // a baseline cuts nothing
    for (const { row, group, aside } of shown) {
      row.classList.toggle("step", steps && previous >= 0 && !aside && group !== previous);
      if (!aside) previous = group;
    }
    if (`${wanted.columns}` !== local.columns) showColumns(wanted.columns);
    markSorted(keyOf(sort));
    document.getElementById("none").hidden = shown.length > 0;
    showLinks(wanted, sort);
    showStatus(wanted, sort, countLLMs(shown));
    showChips(wanted);
  }

  // SortedColumn: the column that sorts stays in sight, and says the ranks in it.
  function markSorted(key) {
    if (local.by === key) return;
    local.by = key;
    table().classList.remove("after");
    for (const cell of all("#standings .by")) cell.classList.remove("by");
    const column = headers().findIndex((header) => header.dataset.column === key);
    if (column < 1 || key === keyOf(local.sort)) return;
    table().classList.toggle("after", headers().slice(0, column).some((header) => header.matches(".main")));
    headers()[column].classList.add("by");
    for (const { row } of local.rows) row.children[column + 1].classList.add("by");
    if (local.plain.includes(key)) return;
    const groups = local.orders[key];
    let rank = 1;
    for (const group of local.up.includes(key) ? groups : groups.toReversed()) {
      const ranked = group.filter(({ aside }) => !aside);
      for (const { row } of ranked) row.children[column + 1].dataset.rank = rank;
      rank += ranked.length;
    }
  }

  // A benchmark's first shown column has an edge, and its header spans those that are shown.
  function showColumns(keys) {
    local.columns = `${keys}`;
    let position = 1;
    for (const group of all("#standings .groups > :not(:first-child)")) {
      const span = +(group.dataset.span ??= group.colSpan);
      let count = 0;
      for (const header of headers().slice(position, position + span)) {
        const hide = !keys.includes(header.dataset.column);
        position++;
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

  // StandingsTable.sort_link: best first, and the other way round if it is so already.
  function showLinks(wanted, sort) {
    const link = (key, element) => {
      const first = local.up.includes(key) ? key : `-${key}`;
      const next = sort !== first ? first : first === key ? `-${key}` : key;
      element.href = addressOf({ ...wanted, sort: next === local.sort ? null : next });
    };
    for (const header of headers()) {
      const key = header.dataset.column;
      link(key, header.firstElementChild);
      header.ariaSort = keyOf(sort) !== key ? null : sort === key ? "ascending" : "descending";
    }
    for (const other of all("[data-sort]")) link(other.dataset.sort, other);
    // pages/sort_menu.py: best first, and the present order as it is.
    const valueOf = (wish) => (wish === local.sort ? "" : wish);
    for (const option of order.options) {
      const key = keyOf(option.value || local.sort);
      option.value = valueOf(key === keyOf(sort) ? sort : local.up.includes(key) ? key : `-${key}`);
    }
    order.value = valueOf(sort);
    reverse.href = addressOf({ ...wanted, sort: valueOf(sort.startsWith("-") ? keyOf(sort) : `-${sort}`) || null });
    reverse.classList.toggle("up", !sort.startsWith("-"));
    for (const name of CHOICES)
      for (const other of all(`[data-${name}]`))
        other.href = addressOf({ ...wanted, [name]: other.dataset[name] || null });
  }

  // ColumnMenu: links that show all or none of a group, or fold it to its aggregate.
  function showPicks(wanted) {
    for (const link of all("[data-pick]")) {
      const { pick, keep } = link.dataset;
      const own = boxes("columns").find((box) => box.value === keep);
      const group = link.closest("fieldset") ?? (pick === "fold" ? own.closest("fieldset") : form);
      const isOpen = boxes("columns", group).some((box) => box.checked && box !== own);
      const shows = (box) => !group.contains(box) ? box.checked : box === own || (pick === "fold" ? !isOpen : pick === "all");
      const columns = boxes("columns").filter(shows).map((box) => box.value);
      if (pick === "fold") link.ariaExpanded = isOpen;
      link.setAttribute("href", addressOf({ ...wanted, columns: columns.length ? columns : form.dataset.columns.split(",") }));
    }
  }

  // View.llm_count: baselines do not compete.
  const countLLMs = (llms) => llms.filter(({ aside }) => !aside).length;

  // ---- Status: the view in words (templates/leaderboard/leaderboard.html; pages/view.py, left_out)

  function showStatus(wanted, sort, shown) {
    const text = status.dataset;
    const key = keyOf(sort);
    const column = label(boxes("columns").find((box) => box.value === key)) ??
      document.querySelector(`[data-sort="${key}"]`)?.textContent ?? local.name;
    const fill = (template, values) => template.replace(/{(\w+)}/g, (_, name) => values[name]);
    const filtered = wanted.q || wanted.min_size || wanted.max_size || FACTS.some((fact) => wanted[fact].length);
    const values = {
      column,
      direction: sort.startsWith("-") ? text.descending : text.ascending,
      count: filtered ? fill(text.some, { shown, all: countLLMs(local.rows) }) : shown,
    };
    status.textContent = fill(text.all, values);
    document.getElementById("direction").textContent = values.direction;
    table().caption.textContent = fill(text.caption, values);
    for (const fact of [...FACTS, "size"]) {
      const unknown = local.rows.filter((llm) =>
        !llm.aside && (llm[fact] ?? "unknown") === "unknown" && !tests[fact](wanted, llm) && fits(wanted, llm, fact));
      if (!unknown.length) continue;
      const link = document.createElement("a");
      link.href = addressOf({ ...wanted, [fact]: [...(wanted[fact] || []), "unknown"].sort() });
      link.textContent = text.include;
      status.append(` ${fill(text.left, { count: unknown.length, fact: text[fact] || fact })} (`, link, ").");
    }
  }

  // pages/chips.py, filter_chips: each filter with its value, as a link to the view without it.
  function showChips(wanted) {
    const chip = (text, rest) => {
      const link = document.createElement("a");
      link.href = addressOf({ ...wanted, ...rest });
      link.textContent = text;
      return link;
    };
    const words = status.dataset;
    const { q, min_size, max_size } = wanted;
    const shown = q ? [chip(`${words.search}: “${q}”`, { q: null })] : [];
    for (const fact of FACTS)
      for (const value of wanted[fact])
        shown.push(chip(`${words[fact]}: ${label(boxes(fact).find((box) => box.value === value)) ?? value}`,
          { [fact]: wanted[fact].filter((other) => other !== value) }));
    if (min_size || max_size) {
      const limits = min_size && max_size ? `${min_size} – ${max_size}` : max_size ? `≤ ${max_size}` : `≥ ${min_size}`;
      shown.push(chip(`${words.size}: ${limits} B${wanted.size ? ` ${words.or}` : ""}`, { min_size: null, max_size: null, size: null }));
    }
    chips.replaceChildren(...shown);
    active.textContent = shown.length || "";
  }

  // ---- Fetching: what is not on the page

  // Counts the views asked for, so that a late answer does not replace a newer view.
  let turn = 0;

  const fetchText = async (url) => (await fetch(url)).text();
  const fetchPage = async (url) => new DOMParser().parseFromString(await fetchText(url), "text/html");

  // The view that a pointer or the focus rests on is fetched before it is asked for. It counts for a
  // second, as long as a proxy may hold a page.
  let ahead = {};
  let resting;
  for (const name of ["pointerover", "focusin"])
    document.addEventListener(name, ({ target }) => {
      clearTimeout(resting);
      const url = target.closest("#view a")?.getAttribute("href");
      if (local || !url?.startsWith("?") || ahead.url === url) return;
      resting = setTimeout(async () => { ahead = { url, page: await fetchPage(url).catch(() => null), at: Date.now() }; }, 60);
    });
  const isAhead = (url) => ahead.url === url && Date.now() - ahead.at < 1000;

  // The style sheet that a fetched page has and this one does without.
  async function addStyle(page) {
    const style = page.querySelector("[href*='css/pages']");
    if (!style || document.querySelector("[href*='css/pages']")) return;
    document.head.append(style);
    await new Promise((done) => { style.onload = style.onerror = done; });
  }

  async function fetchView(url) {
    const mine = ++turn;
    view().ariaBusy = "true";
    try {
      const page = isAhead(url) && ahead.page || await fetchPage(url);
      ahead = {};
      await addStyle(page);
      if (mine !== turn) return;
      view().replaceWith(view(page));
      for (const part of [status, chips, active, order, reverse]) part.innerHTML = page.getElementById(part.id).innerHTML;
      for (const name of ["href", "class"]) reverse.setAttribute(name, page.getElementById("reverse").getAttribute(name));
      const choices = page.querySelector(".choices");
      choices.querySelector(".density").replaceWith(form.querySelector(".density"));
      form.querySelector(".choices").replaceWith(choices);
      local = readRows(page.getElementById("filters"));
      showTicks();
      addOpeners();
    } catch {
      location.assign(url);
    }
  }

  // ---- Going: from one view to another

  // A search is one step of the history, not one a letter.
  let typing = false;
  let shown = location.search;

  function show(wanted, url) {
    shown = location.search;
    document.getElementById("reset").hidden = addressOf({ ...wanted, llm: [] }) === "?";
    linkViews(url);
    // The server alone knows the facts of columns.
    const isHere = local && !url.includes("fact_") && CHOICES.every((name) => wanted[name] === local[name]) &&
      [keyOf(wanted.sort || local.sort), ...wanted.columns].every((key) => key in local.orders);
    showPicks(wanted);
    if (overall && `${wanted.columns}` !== form.dataset.columns) overall.checked = false;
    if (!isHere) return fetchView(url);
    turn++;
    view().ariaBusy = null;
    arrange(wanted);
    showTicks();
  }

  // The same view as another page or as a file, which may have a parameter of its own.
  function linkViews(url) {
    for (const link of all("[data-view]")) {
      const name = link.hasAttribute("href") ? "href" : "data-href";
      const own = link.dataset.view, query = own && url !== "?" ? `${url}&${own}` : url + own;
      link.setAttribute(name, link.getAttribute(name).split("?")[0] + (query === "?" ? "" : query));
    }
  }

  // The address of the default view is bare, without the “?” that a link needs.
  function go(push, page) {
    const wanted = readControls();
    const url = addressOf({ ...wanted, page });
    history[push ? "pushState" : "replaceState"](null, "", url === "?" ? path : url);
    show(wanted, url);
  }

  form.addEventListener("input", (event) => {
    if (event.target.matches(".find")) return findColumns(event.target);
    const text = event.target.type !== "checkbox";
    go(!(text && typing));
    typing = text;
  });
  form.addEventListener("change", () => { typing = false; });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (phone.matches) sheet.open = false;
    go(true);
  });
  order.addEventListener("change", () => { state.sort = order.value || null; go(true); });
  // On a phone the filters lie over the table.
  const sheet = document.querySelector(".fold");
  const opened = (inside) => all(phone.matches ? ".menu[open], .fold[open]" : ".menu[open]").filter((menu) => !menu.contains(inside));
  document.addEventListener("click", (event) => {
    for (const menu of opened(event.target)) menu.open = false;
    const more = event.target.closest(".opener");
    if (more) return toggleRow(more);
    const link = event.target.closest("main a[href]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    const href = link.getAttribute("href");
    if (!href.startsWith("?")) return;
    event.preventDefault();
    typing = false;
    const { llm } = state;
    if (link.id !== "clear") writeControls(href);
    state.llm = link.id === "clear" ? [] : llm;
    go(true, new URLSearchParams(href).get("page"));
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const menu = opened().pop();
    if (!menu) return;
    menu.open = false;
    menu.firstElementChild.focus();
  });
  addEventListener("popstate", () => {
    if (location.search === shown) return;  // a link within the page
    typing = false;
    writeControls(location.search);
    show(readControls(), location.search || "?");
  });

  // A group stays as long as a column of it does.
  function findColumns({ value, parentElement }) {
    for (const group of all("fieldset", parentElement)) {
      const labels = all("label", group);
      for (const line of labels) line.hidden = !nameKey(line.textContent).includes(nameKey(value));
      group.hidden = labels.every((line) => line.hidden);
    }
  }

  // ---- Opening: on a phone each row opens to its other scores, those of whole benchmarks first

  function addOpeners() {
    if (!phone.matches) return;
    for (const row of table().tBodies[0].rows) {
      if (row.querySelector(".opener")) continue;
      const button = document.createElement("button");
      button.className = "opener";
      button.ariaExpanded = false;
      button.ariaLabel = status.dataset.more.replace("{llm}", row.querySelector("th a").textContent);
      (row.querySelector(".main") ?? [...row.cells].findLast((cell) => cell.checkVisibility())).append(button);
    }
  }

  function toggleRow(button) {
    const row = button.closest("tr");
    const isOpen = row.classList.toggle("open");
    button.ariaExpanded = isOpen;
    if (!isOpen) return row.nextElementSibling.remove();
    const line = document.createElement("tr");
    line.className = "opened";
    line.innerHTML = `<td colspan="${row.cells.length}"><dl></dl></td>`;
    const columns = headers().slice(1).map((header, position) => [header, row.cells[position + 2]]);
    const isOverall = ([header]) => header.matches(".sum");
    for (const [header, cell] of columns.sort((a, b) => isOverall(b) - isOverall(a))) {
      if (cell.contains(button)) continue;
      const { dataset, firstChild } = header.firstElementChild;
      const pair = document.createElement("div");
      pair.innerHTML = "<dt></dt><dd></dd>";
      pair.firstChild.textContent = [dataset.of, firstChild.data].filter(Boolean).join(" ");
      Object.assign(pair.lastChild, { textContent: cell.textContent, className: cell.className });
      line.querySelector("dl").append(pair);
    }
    row.after(line);
  }

  // ---- Comparison: ticks are in the address (leaderboard/pages/selection.py, read_ticks)

  const away = document.createElement("div"); // the rows that are filtered away
  const kept = document.getElementById("kept");
  const names = {};
  const nameTick = (box) => { names[box.value] = (box.closest("tr")?.querySelector("th a") ?? box.parentNode).textContent; };

  // Ticked LLMs that are in no row stand beside the button; at the limit no further box can be ticked.
  function showTicks() {
    if (!compare) return;
    const { llm } = state;
    for (const box of all(".rank input")) {
      box.checked = llm.includes(box.value);
      box.disabled = !box.checked && llm.length >= compare.dataset.most;
    }
    document.getElementById("count").textContent = llm.length;
    compare.classList.toggle("any", llm.length);
    kept.replaceChildren(...llm.filter((slug) => !table().tBodies[0].rows.namedItem(slug)).map((slug) => {
      const label = document.createElement("label");
      label.innerHTML = '<input type="checkbox" name="llm" checked>';
      label.firstChild.value = slug;
      label.append(names[slug] ?? slug);
      return label;
    }));
  }

  document.addEventListener("change", ({ target }) => {
    if (target.name !== "llm") return;
    nameTick(target);
    state.llm = target.checked ? [...state.llm, target.value] : state.llm.filter((slug) => slug !== target.value);
    const wanted = readControls();
    const url = addressOf({ ...wanted, page: new URLSearchParams(location.search).get("page") });
    history.replaceState(null, "", url === "?" ? path : url);
    shown = location.search;
    linkViews(url);
    if (local) showLinks(wanted, wanted.sort || local.sort);
    showTicks();
  });
  compare?.addEventListener("submit", (event) => {
    event.preventDefault();
    location.assign(compare.action + addressOf({ llm: state.llm, at: readControls().at }));
  });

  // ---- Copying: a button that takes a file's text to the clipboard

  for (const button of all(".copy")) {
    button.hidden = false;
    const words = button.textContent;
    button.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(await fetchText(button.dataset.href));
        button.textContent = status.dataset.copied;
      } catch {
        location.assign(button.dataset.href);
      }
      setTimeout(() => { button.textContent = words; }, 2000);
    });
  }

  // ---- Start

  for (const box of all("[data-key]", form)) [box.name, box.value] = ["columns", box.dataset.key];
  for (const search of all(".find")) search.hidden = false;
  writeControls(location.search);
  local = readRows(form);
  all("[name=llm]:checked").forEach(nameTick);
  showTicks();
  addOpeners();
  phone.addEventListener("change", addOpeners);
})();
