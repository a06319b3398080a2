// The tables beneath the map: sorting, folding, and ways into the map.

const MOST_ROWS = 20; // as in page.css

function enlivenTables(zoomTo) {
  for (const table of document.querySelectorAll("main section table")) {
    for (const head of table.tHead.querySelectorAll("th[data-sort]")) makeSortable(table, head);
    fold(table);
  }
  for (const head of document.querySelectorAll("th[data-owner]")) {
    leadTo(head.querySelector("bdi"), () => zoomTo("distribution", (place) => place.level === "owner" && place.owner === Number(head.dataset.owner)));
  }
  for (const head of document.querySelectorAll("th[data-layer]")) {
    leadTo(head.firstChild, () => zoomTo("layer", (place) => place.level === "layer" && place.layer === Number(head.dataset.layer)));
  }
}

function leadTo(node, act) {
  const button = element("button", { type: "button", class: "link" });
  node.replaceWith(button);
  button.append(node);
  button.addEventListener("click", act);
}

function makeSortable(table, head) {
  const button = element("button", { type: "button", class: "sort" }, ...head.childNodes, element("span", { class: "arrow", "aria-hidden": "true" }));
  head.append(button);
  button.addEventListener("click", () => {
    const isAscending = head.ariaSort ? head.ariaSort !== "ascending" : head.dataset.sort === "ascending";
    for (const other of table.tHead.querySelectorAll("th[aria-sort]")) other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", isAscending ? "ascending" : "descending");
    sortRows(table, head.cellIndex, isAscending ? 1 : -1);
  });
}

function sortRows(table, column, sign) {
  const [body] = table.tBodies;
  const valued = [...body.rows].map((row) => [row.cells[column].dataset.value ?? "", row]);
  const areNumbers = valued.every(([value]) => value === "" || !Number.isNaN(Number(value)));
  const order = areNumbers ? (one, other) => Number(one) - Number(other) : (one, other) => (one < other ? -1 : Number(one > other));
  valued.sort(([one], [other]) => sign * order(one, other));
  body.append(...valued.map(([, row]) => row));
}

// The style sheet shows the first rows alone, so that a browser lays the others out when they are asked for.
function fold(table) {
  const count = table.tBodies[0].rows.length;
  if (count <= MOST_ROWS + 5) return table.classList.add("open");
  const button = element("button", { type: "button", class: "more" });
  const tell = () => {
    const isOpen = table.classList.contains("open");
    button.textContent = isOpen ? `Show the first ${MOST_ROWS}` : `Show all ${WITH_COMMAS.format(count)}`;
    button.setAttribute("aria-expanded", String(isOpen));
  };
  button.addEventListener("click", () => {
    table.classList.toggle("open");
    tell();
  });
  table.after(button);
  tell();
}
