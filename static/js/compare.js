// The comparison of an exported site: the address names the LLMs, a file beside the page has what is
// said of each (leaderboard/publishing/comparing.py). The server's rules hold: each section names the
// function that it follows, and tests/publishing/test_exported_site.py compares the two.
(() => {
  const MOST = 6; // pages/selection.py, MOST_COMPARED
  const query = new URLSearchParams(location.search);
  const asked = [...new Set(query.getAll("llm"))];
  const withNeighbours = asked.length === 1 && query.getAll("with").join() === "neighbours";
  const side = document.getElementById("side");
  const form = document.getElementById("compare");
  const tick = (slugs) => {
    for (const box of form.elements) if (box.name === "llm") box.checked = slugs.includes(box.value);
  };
  tick(asked);
  if (asked.length < 2 && !withNeighbours) return;

  const element = (name, classes, text) => {
    const made = document.createElement(name);
    if (classes) made.className = classes;
    made.append(text ?? "");
    return made;
  };
  const fill = (template, ...values) => template.replace(/{(\d)}/g, (_, place) => values[place]);
  const addressOf = (slugs) => `?${new URLSearchParams(slugs.map((slug) => ["llm", slug]))}`;

  // ---- Numbers (text/numbers.py, format_number: half-even, never “-0.00”; text/shown.py, signed)

  // A decimal as a whole number of its fifteenth digits behind the point: exact, as values are.
  const DIGITS = 15;
  const exact = (text) => {
    const [whole, rest = ""] = text.replace("-", "").split(".");
    const size = BigInt(whole + rest.padEnd(DIGITS, "0"));
    return text.startsWith("-") ? -size : size;
  };
  const rounded = (number, decimals) => {
    const step = 10n ** BigInt(DIGITS - decimals);
    const size = number < 0n ? -number : number;
    const twice = 2n * (size % step);
    const up = twice > step || (twice === step && (size / step) % 2n);
    const text = `${size / step + (up ? 1n : 0n)}`.padStart(decimals + 1, "0");
    const whole = text.slice(0, text.length - decimals).replace(/\B(?=(\d{3})+$)/g, ",");
    return decimals ? `${whole}.${text.slice(-decimals)}` : whole;
  };
  const signOf = (number, text) => (/[1-9]/.test(text) ? (number < 0 ? "−" : "+") : "");
  const signed = (number, decimals) => {
    const text = rounded(exact(number.toFixed(DIGITS)), decimals);
    return signOf(number, text) + text;
  };

  // ---- Notes (pages/notes.py; pages/comparison.py, marks): letters in the order of reading

  const notes = new Map(); // by text
  const lettersOf = (number) => {
    let letters = "";
    for (let left = number + 1; left; left = Math.floor((left - 1) / 26))
      letters = String.fromCharCode(97 + ((left - 1) % 26)) + letters;
    return letters;
  };
  function markOf(text, of, words) {
    if (!text) return "";
    const isNew = !notes.has(text);
    if (isNew) notes.set(text, { letter: lettersOf(notes.size), of });
    const { letter } = notes.get(text);
    const link = element("a", "mark", letter);
    link.href = `#note:${letter}`;
    if (isNew) link.id = `mark:${letter}`;
    link.ariaLabel = fill(words.note, letter);
    link.setAttribute("aria-describedby", `text:${letter}`);
    return element("sup", "", link);
  }
  function listNotes(words) {
    const list = document.getElementById("notes");
    list.hidden = !notes.size;
    for (const [text, { letter, of }] of notes) {
      const item = element("li"), said = element("span", "", text), back = element("a", "", "↑");
      item.id = `note:${letter}`;
      said.id = `text:${letter}`;
      back.href = `#mark:${letter}`;
      back.title = back.ariaLabel = fill(words.back, of);
      item.append(said, " ", back);
      list.append(item);
    }
  }

  // ---- Cells (templates/leaderboard/_compare_rows.html; pages/comparison.py, best_value, judge_gap
  // and compare_cell; cells.py, minus; estimates.py, difference)

  const bestOf = (metric, cells) => {
    const values = cells.filter((cell) => cell?.ranked).map((cell) => exact(cell.value));
    if (values.length < 2) return null;
    return values.reduce((best, value) => ((value > best) === metric.largest_first ? value : best));
  };

  // An LLM's mark in its colour and shape, and its name, of which a header shows the mark alone.
  function whoOf(name, place) {
    const who = document.getElementById("who").content.firstElementChild.cloneNode(true);
    const mark = who.querySelector("svg");
    mark.setAttribute("class", `c${place + 1}`);
    mark.firstElementChild.setAttribute("href", `#p.${place}`);
    who.append(name, " ");
    return who;
  }

  function judge(metric, value, ends) {
    if (!ends) return "unknown";
    if (ends[0] <= 0 && ends[1] >= 0) return "alike";
    return value > 0 === metric.largest_first ? "better" : "worse";
  }

  function gapOf(metric, cell, first, words) {
    const value = exact(cell.value) - exact(first.value);
    const number = rounded(value, metric.decimals);
    const gap = element("small", "gap");
    gap.append(element("i", "", fill(metric.gap, signOf(value, number), number)));
    let ends;
    if (cell.margins && first.margins) {
      const middle = +cell.value - +first.value;
      ends = [
        middle - Math.hypot(cell.margins[0], first.margins[1]),
        middle + Math.hypot(cell.margins[1], first.margins[0]),
      ];
      gap.append(` (${fill(words.between, ...ends.map((end) => signed(end, metric.decimals + 1)))})`);
    }
    if (!metric.can_rank) return [gap];
    const verdict = judge(metric, value, ends);
    const [sign, said] = words.verdicts[verdict];
    gap.classList.toggle("sure", verdict === "better" || verdict === "worse");
    const word = element("small", `word ${verdict}`);
    word.append(element("span", "", sign), ` ${said}`);
    word.firstElementChild.ariaHidden = "true";
    return [gap, word];
  }

  function cellOf(metric, cell, first, best, words, name) {
    if (!cell) return element("td", "missing", "–");
    const made = element("td", cell.origin);
    const isBest = cell.ranked && exact(cell.value) === best;
    made.append(element("b", isBest ? "best" : "", cell.text));
    made.append(markOf(cell.note, `${name}, ${metric.name}`, words));
    if (cell.partial) made.append(element("small", "asked", cell.partial));
    if (cell.interval) made.append(element("small", "", cell.interval));
    if (first) made.append(...gapOf(metric, cell, first, words));
    return made;
  }

  // ---- Table (templates/leaderboard/_compare_table.html, whose rows are on the page without cells)

  function headerOf(slug, llm, slugs, words) {
    const others = slugs.filter((other) => other !== slug);
    const header = element("th");
    header.scope = "col";
    const link = (href, text, label) => {
      const made = element("a", "", text);
      made.href = href;
      if (label) made.ariaLabel = fill(label, llm.name);
      return made;
    };
    const mark = whoOf("", slugs.indexOf(slug)).querySelector("svg");
    mark.ariaHidden = "true";
    header.append(mark, " ", link(`../../../llms/${slug}/`, llm.name), markOf(llm.note, llm.name, words));
    if (llm.mark) header.append(" ", element("span", "tag", llm.mark));
    const small = element("small");
    if (slug !== slugs[0]) small.append(link(addressOf([slug, ...others]), words.first, words.make_first), " · ");
    small.append(link(addressOf(others), words.remove, words.leave_out));
    header.append(small);
    return header;
  }

  // pages/comparison.py, find_neighbours
  function addNeighbours(slug, ranked) {
    const place = ranked.indexOf(slug);
    const [before, behind] = [ranked[place - 1], ranked[place + 1]];
    return place < 0 ? [slug] : [slug, before, behind].filter(Boolean);
  }

  function show(words) {
    const named = withNeighbours ? addNeighbours(asked[0], words.ranked) : asked;
    tick(named);
    const slugs = named.filter((slug) => slug in words.llms).slice(0, MOST);
    const llms = slugs.map((slug) => words.llms[slug]);
    if (llms.length < 2) return;
    const append = (row, cells) => {
      cells.forEach((cell, place) => cell.prepend(whoOf(llms[place].name, place)));
      row.append(...cells);
    };
    slugs.forEach((slug, index) => side.querySelector("thead tr").append(headerOf(slug, llms[index], slugs, words)));
    for (const group of side.querySelectorAll(".groups th")) group.colSpan = 1 + llms.length;
    for (const row of side.querySelectorAll("[data-metric]")) {
      const metric = words.metrics[row.dataset.metric];
      const cells = llms.map((llm) => llm.cells[row.dataset.metric]);
      const best = bestOf(metric, cells);
      append(row, cells.map((cell, index) => cellOf(metric, cell, index && cells[0], best, words, llms[index].name)));
    }
    const facts = side.querySelectorAll("tbody:last-child tr:not(.groups)");
    facts.forEach((row, place) => append(row, llms.map((llm) => element("td", "", llm.facts[place]))));
    side.querySelector("caption").prepend(llms.map((llm) => llm.name).join(", "));
    listNotes(words);
    side.hidden = document.getElementById("in-words").hidden = false;
    document.querySelector("[role=status]").hidden = true;
  }

  fetch("comparison.json").then((answer) => answer.json()).then(show);
})();
