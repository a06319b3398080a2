// What the page shows is what stands behind the # of its address: place, grouping, colours, search.

const $ = (id) => document.getElementById(id);

const DEFAULTS = { by: "layer", colour: "kind", find: "" };
const CHOICES = { by: ["layer", "distribution"], colour: ["kind", "owner"] };

function readAddress() {
  const given = new URLSearchParams(location.hash.slice(1));
  const state = { ...DEFAULTS, find: given.get("find") ?? "" };
  for (const [name, values] of Object.entries(CHOICES)) if (values.includes(given.get(name))) state[name] = given.get(name);
  state.root = placeAt(state.by, given.getAll("at"));
  return state;
}

function addressOf(state) {
  const given = new URLSearchParams();
  for (const [name, value] of Object.entries(DEFAULTS)) if (state[name] !== value) given.set(name, state[name]);
  for (const place of state.root.path) given.append("at", place.key);
  return `#${given}`;
}

let state = readAddress();
let search = new Search(state.find);
let shown = null; // the address that is

const map = new TreeMap($("map"), $("tip"), {
  zoom: (place, box) => go({ root: place }, { box }),
  look: (place) => showDetails($("panel"), place ?? state.root, (member) => go({ root: member })),
});

// A step that the browser's way back undoes. `from`: what the new picture grows out of, and which place has the focus.
function go(changes, from) {
  location.hash = addressOf({ ...state, ...changes });
  follow(from);
}

// A change that it does not undo: each letter of a search would be a step.
function turn(changes) {
  location.replace(addressOf({ ...state, ...changes }));
  follow();
}

// Shows what the address tells, if that is not what is shown.
function follow({ box, place } = {}) {
  if (location.hash === shown) return;
  const before = state.root;
  const hadFocus = $("map").contains(document.activeElement);
  state = readAddress();
  search = new Search(state.find);
  render();
  if (before === state.root) return;
  $("said").textContent = `${state.root.label}, ${readableSize(state.root.size)}`;
  map.grow(box);
  if (hadFocus) map.focusOn(place ?? before);
}

function goUp() {
  if (state.root.parent) go({ root: state.root.parent }, { place: state.root });
}

function render() {
  shown = location.hash;
  for (const name of Object.keys(CHOICES)) document.querySelector(`input[name="${name}"][value="${state[name]}"]`).checked = true;
  if ($("find").value.trim() !== search.text) $("find").value = state.find;
  map.draw({ root: state.root, colour: state.colour, search });
  showDetails($("panel"), state.root, (member) => go({ root: member }));
  showPlaces();
  showFound();
  showLegend();
}

function showPlaces() {
  const places = [rootOf(state.by), ...state.root.path];
  const items = places.map((place) => {
    const name = element("bdi", {}, place.label);
    if (place === state.root) return element("li", { "aria-current": "location" }, name);
    const button = element("button", { type: "button", class: "link" }, name);
    button.addEventListener("click", () => go({ root: place }));
    return element("li", {}, button);
  });
  items.at(-1).append(element("span", { class: "size" }, readableSize(state.root.size)));
  $("places").replaceChildren(...items);
  $("up").hidden = !state.root.parent;
}

function showFound() {
  if (!search.isOn) return $("found").replaceChildren(search.text ? "Nothing is called so." : "");
  const size = search.size(rootOf("layer"));
  const owners = search.owners ? `${counted(search.owners.size, "match").replace(/s$/, "es").replace(/^1 .*/, "1 match")}, ` : "";
  const words = size ? `${owners}${exactSize(size)} (${readableSize(size)}, ${percentage(size, TOTAL)} of the image)` : "Nothing is called so.";
  $("found").replaceChildren(words);
}

function showLegend() {
  const isByKind = state.colour === "kind";
  const entries = isByKind
    ? DATA.kinds.map((name, kind) => [name, name, `kind:${name}`, state.root.kinds[kind]])
    : DATA.categories.map(([key, name], number) => [key, name, `owner:${key}`, sizeOfCategory(state.root, number)]);
  const items = entries.filter(([, , , size]) => size).map(([key, name, query, size]) => {
    const isOn = search.text.toLowerCase() === query;
    const button = element("button", { type: "button", "aria-pressed": String(isOn), title: `Highlight: ${query}` }, element("span", { class: `swatch ${className(key)}` }), element("span", {}, name), element("span", { class: "number" }, readableSize(size)));
    button.addEventListener("click", () => turn({ find: isOn ? "" : query }));
    return element("li", {}, button);
  });
  if (state.root.hidden) items.push(element("li", { class: "still" }, element("span", { class: "swatch hatched" }), element("span", {}, "hidden: ships, but is not seen"), element("span", { class: "number" }, readableSize(state.root.hidden))));
  $("legend").replaceChildren(...items);
}

function sizeOfCategory(place, category) {
  if (place.category !== undefined) return place.category === category ? place.size : 0;
  return sum(place.children.map((child) => sizeOfCategory(child, category)));
}

addEventListener("hashchange", () => follow());

for (const name of Object.keys(CHOICES)) {
  for (const input of document.querySelectorAll(`input[name="${name}"]`)) {
    input.addEventListener("change", () => (name === "by" ? regroup(input.value) : turn({ [name]: input.value })));
  }
}

// Stays with the layer or the owner that is looked at, where the other grouping has it.
function regroup(by) {
  const { layer, owner } = state.root;
  const level = owner !== undefined ? "owner" : "layer";
  const isWanted = (place) => place.level === level && (level === "owner" ? place.owner === owner : layer !== undefined && place.layer === layer && place.owner === undefined);
  go({ by, root: findPlace(by, isWanted) ?? rootOf(by) });
}

$("find").addEventListener("input", () => turn({ find: $("find").value.trim() }));
$("up").addEventListener("click", goUp);
addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || event.defaultPrevented) return;
  if (event.target === $("find")) turn({ find: "" });
  else goUp();
});
addEventListener("scroll", () => map.unhovered(), { passive: true });

const THEMES = { "": ["Theme: system", "light"], light: ["Theme: light", "dark"], dark: ["Theme: dark", ""] };
let theme = "";
function showTheme() {
  document.documentElement.dataset.theme = theme;
  $("theme").textContent = THEMES[theme][0];
}
$("theme").addEventListener("click", () => {
  theme = THEMES[theme][1];
  showTheme();
});

showTheme();
$("explorer").hidden = $("theme").hidden = false;
enlivenTables((by, is) => {
  const root = findPlace(by, is);
  if (root) go({ by, root });
  $("explorer").scrollIntoView();
});
render();
let drawnWidth = $("map").clientWidth;
new ResizeObserver(() => {
  if ($("map").clientWidth === drawnWidth) return;
  drawnWidth = $("map").clientWidth;
  map.draw({ root: state.root, colour: state.colour, search });
}).observe($("map"));
