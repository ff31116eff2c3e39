// The grid of reports: from cell to cell by keyboard, and cells pasted from a spreadsheet. The form works without it.
"use strict";
(() => {
  const form = document.querySelector("form[data-grid]");
  if (!form) return;
  const said = document.getElementById("pasted");
  const states = JSON.parse(form.dataset.states);
  const rows = () => [...form.querySelectorAll("tbody tr")]
    .map((row) => [...row.querySelectorAll("select, textarea, input:not([type=hidden])")])
    .filter((cells) => cells.length);
  const at = (cell) => {
    const all = rows();
    const row = all.findIndex((cells) => cells.includes(cell));
    return row < 0 ? null : { all, row, column: all[row].indexOf(cell) };
  };
  const STEPS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

  form.addEventListener("keydown", (event) => {
    const found = at(event.target);
    if (!found || event.ctrlKey || event.metaKey || event.isComposing) return;
    let step = event.altKey ? STEPS[event.key] : null;
    // Enter leads down; Shift and Enter is a new line in a text, as in a spreadsheet.
    if (event.key === "Enter" && !event.altKey && !(event.shiftKey && event.target.tagName === "TEXTAREA")) step = [event.shiftKey ? -1 : 1, 0];
    if (!step) return;
    event.preventDefault();
    const next = (found.all[found.row + step[0]] || [])[found.column + step[1]];
    if (next) next.focus();
  });

  // Lines and cells of a spreadsheet; a cell in quotation marks may hold line ends, and says " as "".
  const read = (text) => {
    const lines = [[""]];
    let quoted = false;
    for (let i = 0; i < text.length; i += 1) {
      const letter = text[i], line = lines[lines.length - 1], last = line.length - 1;
      if (quoted && letter === '"' && text[i + 1] === '"') { line[last] += '"'; i += 1; }
      else if (quoted && letter === '"') quoted = false;
      else if (!quoted && letter === '"' && line[last] === "") quoted = true;
      else if (!quoted && letter === "\t") line.push("");
      else if (!quoted && letter === "\n") lines.push([""]);
      else line[last] += letter;
    }
    if (lines.length > 1 && lines[lines.length - 1].join("") === "") lines.pop();
    return lines;
  };

  // Whether the value was understood. What was not is kept as it is, so that saving says what is wrong with it.
  const put = (cell, value) => {
    const text = value.trim();
    let clear = true;
    if (cell.type === "checkbox") {
      const yes = ["x", "1", "yes", "true", "sí", "si", "verdadero"].includes(text.toLowerCase());
      clear = yes || ["", "0", "no", "false", "falso"].includes(text.toLowerCase());
      if (clear) cell.checked = yes;
    } else if (cell.tagName === "SELECT") {
      const code = states[text.toLowerCase()];
      clear = Boolean(code);
      if (!clear) cell.add(new Option(text, text));
      cell.value = code || text;
    } else {
      cell.value = cell.name.startsWith("percent-") ? text.replace(/\s*%$/, "") : text;
    }
    cell.toggleAttribute("aria-invalid", false);
    if (!clear) cell.setAttribute("aria-invalid", "true");
    cell.dispatchEvent(new Event("input", { bubbles: true }));
    cell.dispatchEvent(new Event("change", { bubbles: true }));
    return clear;
  };

  form.addEventListener("paste", (event) => {
    const found = at(event.target);
    const text = event.clipboardData.getData("text/plain").replace(/\r\n?/g, "\n");
    if (!found || !(text.includes("\t") || /\n./.test(text) && event.target.tagName !== "TEXTAREA" || event.target.tagName === "SELECT")) return;
    event.preventDefault();
    const unclear = [];
    read(text).forEach((line, down) => line.forEach((value, right) => {
      const cell = (found.all[found.row + down] || [])[found.column + right];
      if (!cell || !put(cell, value)) unclear.push(value);
    }));
    said.textContent = unclear.length ? said.dataset.unclear + unclear.join(", ") : "";
  });
})();
