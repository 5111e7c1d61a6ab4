"use strict";
(() => {
  const root = document.documentElement;
  const $ = (selector, inside = document) => inside.querySelector(selector);
  const $$ = (selector, inside = document) => [...inside.querySelectorAll(selector)];
  const make = (name, text = "", attributes = {}) => {
    const element = document.createElement(name);
    element.textContent = text;
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    return element;
  };

  // Theme: as the system has it, until it is switched.
  const remembered = () => { try { return localStorage.getItem("theme"); } catch { return null; } };
  const isDark = () => (root.dataset.theme || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";
  const themeButton = $("#theme");
  const setTheme = (theme) => {
    if (theme) root.dataset.theme = theme;
    themeButton.textContent = isDark() ? "Light" : "Dark";
    themeButton.setAttribute("aria-label", `Switch to ${isDark() ? "light" : "dark"} colours`);
  };
  themeButton.addEventListener("click", () => {
    const theme = isDark() ? "light" : "dark";
    try { localStorage.setItem("theme", theme); } catch { /* not kept */ }
    setTheme(theme);
  });
  themeButton.hidden = false;
  setTheme(remembered());

  // Copying.
  const copy = async (text) => {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      const area = make("textarea", text);
      document.body.append(area);
      area.select();
      document.execCommand("copy");
      area.remove();
    }
  };
  for (const button of $$("button[data-copy]")) {
    button.hidden = false;
    button.addEventListener("click", async () => {
      await copy(document.getElementById(button.dataset.copy).textContent);
      const label = button.textContent;
      $("#told").textContent = "Copied";
      button.textContent = "Copied";
      setTimeout(() => { button.textContent = label; }, 1500);
    });
  }

  // Sorting by a click on a heading; what has no value comes last.
  const valueOf = (row, column) => {
    const text = row.cells[column].textContent.trim();
    const number = parseFloat(text.replace(/^[<[]/, ""));
    if (text === "-" || text === "") return null;
    return row.cells[column].classList.contains("number") && !Number.isNaN(number) ? number : text;
  };
  const compare = (a, b) => (typeof a === "number" && typeof b === "number" ? a - b : String(a).localeCompare(String(b)));
  const sortBy = (table, head, column) => {
    const down = head.getAttribute("aria-sort") === "ascending";
    for (const other of $$("th[aria-sort]", table)) other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", down ? "descending" : "ascending");
    const rows = [...table.tBodies[0].rows].map((row) => [valueOf(row, column), row]);
    rows.sort(([a], [b]) => (a === null || b === null ? (a === null) - (b === null) : (down ? -1 : 1) * compare(a, b)));
    table.tBodies[0].append(...rows.map(([, row]) => row));
  };
  for (const table of $$("table.sortable")) {
    [...table.tHead.rows[0].cells].forEach((head, column) => {
      const button = make("button", head.textContent, { type: "button", class: "sort" });
      head.replaceChildren(button);
      button.addEventListener("click", () => sortBy(table, head, column));
    });
  }

  // Filtering: rows that hold every word.
  const filter = $("#filter");
  const body = $("#table-runs tbody");
  if (filter && body) {
    const texts = [...body.rows].map((row) => [row, row.textContent.toLowerCase()]);
    const apply = () => {
      const words = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
      let shown = 0;
      for (const [row, text] of texts) {
        row.hidden = !words.every((word) => text.includes(word));
        shown += !row.hidden;
      }
      $("#shown").textContent = `${shown} of ${texts.length} ${texts.length === 1 ? "run" : "runs"}`;
    };
    filter.addEventListener("input", apply);
    filter.closest("p").hidden = false;
    apply();
  }

  // A run: its curve, configuration and provenance.
  const data = JSON.parse($("#run-data").textContent);
  const dialog = $("#run");
  const svg = (name, attributes, text = "") => {
    const element = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    element.textContent = text;
    return element;
  };
  const curve = (history) => {
    const losses = ["dev_loss", "train_loss"].map((name) => [name, data.columns.indexOf(name)]);
    const values = history.flatMap((row) => losses.map(([, at]) => row[at])).filter((value) => value !== null);
    if (!values.length) return make("p", "No epoch was finished.");
    const [low, high, last] = [Math.min(...values), Math.max(...values), history[history.length - 1][0] || 1];
    const x = (epoch) => 60 + (epoch / last) * 510;
    const y = (value) => 190 - ((value - low) / (high - low || 1)) * 170;
    const picture = svg("svg", { viewBox: "0 0 640 230", role: "img", "aria-label": "Loss by epoch" });
    for (const [value, text] of [[low, low.toFixed(4)], [high, high.toFixed(4)]]) {
      picture.append(svg("line", { x1: 60, x2: 570, y1: y(value), y2: y(value), class: "rule" }));
      picture.append(svg("text", { x: 54, y: y(value) + 4, "text-anchor": "end" }, text));
    }
    for (const epoch of [0, last]) picture.append(svg("text", { x: x(epoch), y: 210, "text-anchor": "middle" }, epoch));
    picture.append(svg("text", { x: 315, y: 226, "text-anchor": "middle" }, "epoch"));
    for (const [name, at] of losses) {
      const points = history.filter((row) => row[at] !== null);
      if (!points.length) continue;
      picture.append(svg("polyline", { points: points.map((row) => `${x(row[0])},${y(row[at])}`).join(" "), class: name }));
      const end = points[points.length - 1];
      picture.append(svg("text", { x: x(end[0]) + 5, y: y(end[at]) + (name === "dev_loss" ? -4 : 12), class: name }, name.slice(0, -5)));
    }
    return picture;
  };
  const listOf = (shared, own) => {
    const list = make("dl");
    for (const [key, value] of Object.entries({ ...own, ...shared })) {
      list.append(make("dt", key), make("dd", value, key in own ? { class: "own" } : {}));
    }
    return list;
  };
  const open = (place) => {
    const run = data.runs[place];
    $("#run-name").textContent = run.run ? `Run ${run.run}` : "A run that was not trained";
    const parts = [make("p", run.error ? `${run.status}: ${run.error}` : run.status, run.error ? { class: "error" } : {})];
    parts.push(make("h3", "Loss (nats) by epoch"), curve(run.history));
    parts.push(make("h3", "Configuration"), listOf(data.common.configuration, run.configuration));
    if (run.run) parts.push(make("h3", "Provenance"), listOf(data.common.provenance, run.provenance));
    $("#run-content").replaceChildren(...parts);
    if (!dialog.open) dialog.showModal();
    dialog.scrollTop = 0;
    if (run.run) history.replaceState(null, "", `#run-${run.run}`);
  };
  dialog.addEventListener("close", () => history.replaceState(null, "", "#table-runs"));
  $("#close").addEventListener("click", () => dialog.close());
  dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
  document.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-run]");
    if (button) open(Number(button.dataset.run));
  });
  const wanted = data.runs.findIndex((run) => run.run && location.hash === `#run-${run.run}`);
  if (wanted >= 0) open(wanted);
})();
