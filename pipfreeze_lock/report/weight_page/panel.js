// The details of one place beside the map.

const MOST_LISTED = 6;

function showDetails(panel, place, zoomTo) {
  panel.replaceChildren(
    ...headOf(place),
    ...figuresOf(place),
    ...kindsTable(place),
    ...membersOf(place, zoomTo),
    ...largestFiles(place),
  );
}

function headOf(place) {
  const made = [element("h2", {}, element("bdi", {}, place.label))];
  const line = { owner: () => DATA.categories[place.category][1], kind: () => "Kind of file" }[place.level]?.();
  if (line) made.unshift(element("p", { class: "line" }, line));
  if (place.level === "owner") {
    const [, , version, environment] = DATA.owners[place.owner];
    if (version) made.push(element("p", { class: "version" }, version));
    if (environment) made.push(element("p", { class: "where" }, "in ", element("code", {}, environment)));
  }
  if (place.level === "kind" && place.owner !== undefined) made.push(element("p", { class: "where" }, "of ", element("bdi", {}, DATA.owners[place.owner][1])));
  if (place.level === "layer") {
    const { instruction } = DATA.layers[place.layer];
    if (instruction) made.push(element("pre", { class: "instruction", tabindex: "0" }, element("code", {}, instruction)));
  }
  return made;
}

function figuresOf(place) {
  const figures = [["Bytes", exactSize(place.size), readableSize(place.size)]];
  if (place.parent) figures.push(["Of the image", percentage(place.size, TOTAL)]);
  if (place.parent?.parent) figures.push([`Of ${place.parent.label}`, percentage(place.size, place.parent.size)]);
  if (place.files) figures.push(["Files", WITH_COMMAS.format(place.files)]);
  if (place.hidden) figures.push(["Hidden", `${exactSize(place.hidden)}, ${percentage(place.hidden, place.size)}`]);
  if (place.level === "layer") figures.push(...layerFigures(DATA.layers[place.layer]));
  const list = figures.map(([name, value, large]) =>
    element("div", {}, element("dt", {}, name), element("dd", {}, large ? element("strong", {}, large) : null, value)),
  );
  return [element("dl", {}, ...list)];
}

function layerFigures({ stored, entries, digest }) {
  const figures = [["Tar entries", WITH_COMMAS.format(entries)]];
  if (stored !== null) figures.push(["Stored", exactSize(stored)]);
  if (digest) figures.push(["Digest", digest]);
  return figures;
}

function kindsTable(place) {
  if (place.level === "kind") return [];
  const kinds = DATA.kinds.map((name, kind) => [name, place.kinds[kind]]).filter(([, size]) => size);
  kinds.sort((one, other) => other[1] - one[1]);
  const largest = kinds[0]?.[1];
  const rows = kinds.map(([name, size]) => {
    const bar = element("span", { class: `length ${className(name)}` });
    bar.style.width = `${(100 * size) / largest}%`;
    return element(
      "li",
      { title: exactSize(size) },
      element("span", { class: `swatch ${className(name)}` }),
      element("span", {}, name),
      element("span", { class: "number" }, readableSize(size)),
      element("span", { class: "track" }, bar),
    );
  });
  return rows.length ? [element("h3", {}, "Kinds of files"), element("ul", { class: "kinds" }, ...rows)] : [];
}

function membersOf(place, zoomTo) {
  const members = place.children.filter((child) => child.level !== "kind" && child.size);
  if (!members.length) return [];
  const rows = members.slice(0, MOST_LISTED).map((member) => {
    const button = element("button", { type: "button", class: "link" }, element("bdi", {}, member.label));
    button.addEventListener("click", () => zoomTo(member));
    return element("li", {}, button, element("span", { class: "number" }, readableSize(member.size)));
  });
  const rest = members.length - rows.length;
  if (rest > 0) rows.push(element("li", { class: "rest" }, `and ${WITH_COMMAS.format(rest)} more`));
  return [element("h3", {}, "Largest in it"), element("ul", { class: "members" }, ...rows)];
}

function largestFiles(place) {
  const [start, ...files] = (place.level === "owner" && DATA.largest[place.owner]) || [];
  if (!files.length) return [];
  const rows = files.map(([path, size]) =>
    element("li", { title: exactSize(size) }, element("span", { class: "path" }, ...breakable(start + path)), element("span", { class: "number" }, readableSize(size))),
  );
  return [element("h3", {}, "Largest files"), element("ul", { class: "files" }, ...rows)];
}
