// Numbers and elements. The rules for numbers are those of report/sizes.py.

const UNITS = ["kB", "MB", "GB", "TB"];
const WITH_COMMAS = new Intl.NumberFormat("en");

function readableSize(size) {
  if (size < 1000) return `${size} B`;
  let whole = 1;
  for (const unit of UNITS) {
    whole *= 1000;
    const tenths = rounded(size * 10, whole);
    if (tenths < 10_000 || unit === UNITS.at(-1)) return `${withTenths(tenths)} ${unit}`;
  }
}

function exactSize(size) {
  return `${WITH_COMMAS.format(size)} B`;
}

function counted(count, noun) {
  return `${WITH_COMMAS.format(count)} ${noun}${count === 1 ? "" : "s"}`;
}

function percentage(part, whole) {
  if (!part || !whole) return "0 %";
  return part * 1000 >= whole ? `${withTenths(rounded(part * 1000, whole))} %` : "< 0.1 %";
}

function rounded(part, whole) {
  return Math.floor((part + Math.floor(whole / 2)) / whole);
}

function withTenths(tenths) {
  return `${Math.floor(tenths / 10)}.${tenths % 10}`;
}

function className(what) {
  return `of-${what.replaceAll(" ", "-")}`;
}

// Text goes into the page by this alone, as text: no name is ever read as markup.
function element(tag, attributes = {}, ...content) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "class") made.className = value;
    else made.setAttribute(name, value);
  }
  made.append(...content.filter((one) => one !== null));
  return made;
}

// A path may be broken behind each slash.
function breakable(path) {
  return path.split("/").flatMap((part, number) => (number ? ["/", element("wbr"), part] : [part]));
}
