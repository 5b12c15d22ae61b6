// Filters and sorts the table of all submissions, which is complete without it.
"use strict";
const table = document.getElementById("submissions");
const rows = [...table.tBodies[0].rows];
const form = document.getElementById("filters");
const told = document.getElementById("shown");

function filter() {
  const text = form.elements.text.value.toLowerCase();
  const status = form.elements.status.value;
  const lost = form.elements.lost.value;
  let shown = 0;
  for (const row of rows) {
    row.hidden =
      !row.textContent.toLowerCase().includes(text) ||
      (status && row.dataset.status !== status) ||
      (lost && !row.dataset.lost.split(" ").includes(lost)) ||
      (form.elements.eye.checked && !row.dataset.eye);
    shown += !row.hidden;
  }
  told.textContent = `${shown} of ${rows.length} shown`;
}

function sort(column, heading) {
  const falling = heading.getAttribute("aria-sort") === "ascending";
  for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
  heading.setAttribute("aria-sort", falling ? "descending" : "ascending");
  const key = (row) => row.cells[column].dataset.key ?? row.cells[column].textContent.trim();
  const numbers = "number" in heading.dataset;
  const order = (a, b) => {
    if (key(a) === "" || key(b) === "") return (key(a) === "") - (key(b) === ""); // unknown: last
    const difference = numbers ? key(a) - key(b) : key(a).localeCompare(key(b));
    return falling ? -difference : difference;
  };
  table.tBodies[0].append(...rows.sort(order));
}

for (const [column, heading] of [...table.tHead.rows[0].cells].entries()) {
  const button = document.createElement("button");
  button.type = "button";
  button.append(...heading.childNodes);
  button.addEventListener("click", () => sort(column, heading));
  heading.append(button);
}
form.addEventListener("input", filter);
form.addEventListener("submit", (event) => event.preventDefault());
form.hidden = false;
filter();
