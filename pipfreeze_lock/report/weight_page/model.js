// The weight as two trees: image > layer > category > owner > kind, and image > category > owner > layer > kind.

const DATA = JSON.parse(document.getElementById("weight").textContent);

class Place {
  constructor(level, key, label, more = {}) {
    this.level = level; // image, layer, category, owner, kind
    this.key = key; // tells it from its siblings, and stands in the address
    this.label = label;
    this.size = 0;
    this.hidden = 0;
    this.files = 0;
    this.kinds = new Array(DATA.kinds.length).fill(0);
    this.parent = null;
    this.members = level === "kind" ? [] : null; // null: kinds, that are made when they are asked for
    this.byKey = new Map();
    Object.assign(this, more); // layer, category, owner, kind: numbers in DATA
  }

  // The largest first.
  get children() {
    this.members ??= kindsOf(this);
    return this.members;
  }

  get path() {
    return this.parent ? [...this.parent.path, this] : [];
  }

  get foremostKind() {
    return this.kinds.indexOf(Math.max(...this.kinds));
  }

  child(made) {
    const known = this.byKey.get(made.key);
    if (known) return known;
    made.parent = this;
    made.layer ??= this.layer;
    made.category ??= this.category;
    made.owner ??= this.owner;
    this.members ??= [];
    this.members.push(made);
    this.byKey.set(made.key, made);
    return made;
  }

  // Takes a part: layer, owner, files, hidden bytes; then kind and its bytes, for each kind.
  add(part) {
    this.files += part[2];
    this.hidden += part[3];
    for (let at = 4; at < part.length; at += 2) {
      this.kinds[part[at]] += part[at + 1];
      this.size += part[at + 1];
    }
  }
}

const MAKERS = {
  layer: ([layer]) => new Place("layer", String(layer + 1), DATA.layers[layer].name, { layer }),
  category([, owner]) {
    const category = DATA.owners[owner][0];
    const [key, name] = DATA.categories[category];
    return new Place("category", key, name, { category });
  },
  owner([, owner]) {
    const [category, name, version, environment] = DATA.owners[owner];
    const key = [name, version, environment].filter(Boolean).join(" ");
    return new Place("owner", key, name, { owner, category });
  },
};

const LEVELS = {
  layer: ["layer", "category", "owner"],
  distribution: ["category", "owner", "layer"],
};

function grown(levels) {
  const root = new Place("image", "", "Whole image");
  for (const part of DATA.parts) {
    root.add(part);
    let place = root;
    for (const level of levels) {
      place = place.child(MAKERS[level](part));
      place.add(part);
    }
  }
  settle(root);
  return root;
}

// Leaves out a level that has one member alone, and sorts.
function settle(place) {
  if (!place.members) return;
  for (const member of place.members) settle(member);
  const [only, another] = place.members;
  if (place.level !== "image" && !another && only.level !== "owner") {
    place.members = only.members;
    place.byKey = only.byKey;
    for (const member of place.members ?? []) member.parent = place;
    place.layer ??= only.layer;
    place.category ??= only.category;
  }
  place.members?.sort(largestFirst);
}

function largestFirst(one, other) {
  return other.size - one.size || (one.key < other.key ? -1 : 1);
}

function kindsOf(place) {
  const { layer, category, owner } = place;
  const made = DATA.kinds.flatMap((name, kind) => (place.kinds[kind] ? [new Place("kind", name, name, { kind, layer, category, owner })] : []));
  for (const one of made) {
    one.size = one.kinds[one.kind] = place.kinds[one.kind];
    one.parent = place;
  }
  return made.sort(largestFirst);
}

const GROWN = {};

function rootOf(by) {
  GROWN[by] ??= grown(LEVELS[by]);
  return GROWN[by];
}

const TOTAL = rootOf("layer").size;

function placeAt(by, keys) {
  let place = rootOf(by);
  for (const key of keys) {
    const next = place.byKey.get(key);
    if (!next) break;
    place = next;
  }
  return place;
}

function findPlace(by, is) {
  const waiting = [rootOf(by)];
  for (const place of waiting) {
    if (is(place)) return place;
    waiting.push(...(place.members ?? []));
  }
  return null;
}

function ownerLine(place) {
  const [category, , version] = DATA.owners[place.owner];
  return version || DATA.categories[category][1];
}

// What is searched for: `kind:tests`, `owner:cache`, else a part of an owner's name and version.
class Search {
  constructor(text) {
    this.text = text.trim();
    const wanted = this.text.toLowerCase();
    const [, field, value] = /^(kind|owner):\s*(.*)$/.exec(wanted) ?? [];
    this.kinds = field === "kind" ? new Set(numbersOf(DATA.kinds, value)) : null;
    this.owners = null;
    if (field === "owner") {
      const categories = new Set(numbersOf(DATA.categories.map(([key, name]) => `${key} ${name}`), value));
      this.owners = ownersThat(([category]) => categories.has(category));
    } else if (!field && wanted) {
      this.owners = ownersThat(([, name, version]) => isNamed(`${name} ${version}`, wanted));
    }
  }

  get isOn() {
    return Boolean(this.kinds || this.owners);
  }

  // Bytes of a place that are searched for.
  size(place) {
    if (this.kinds) return sum([...this.kinds].map((kind) => place.kinds[kind]));
    if (place.owner !== undefined) return this.owners.has(place.owner) ? place.size : 0;
    return sum(place.children.map((child) => this.size(child)));
  }

  // Whether it stands for what is searched for where its kinds are not drawn.
  isMostOf(place) {
    return place.level === "owner" && this.size(place) * 2 > place.size;
  }

  // Whether this is the very thing, and not just around it.
  isIt(place) {
    return this.kinds ? place.level === "kind" && this.kinds.has(place.kind) : place.level === "owner" && this.owners.has(place.owner);
  }
}

function numbersOf(names, start) {
  return names.flatMap((name, number) => (start && name.toLowerCase().startsWith(start) ? [number] : []));
}

function ownersThat(is) {
  return new Set(DATA.owners.flatMap((owner, number) => (is(owner) ? [number] : [])));
}

// Names of distributions are told apart without regard to case, and `_` and `.` are `-` (PEP 503).
function isNamed(name, wanted) {
  const lower = name.toLowerCase();
  return lower.includes(wanted) || lower.includes(wanted.replace(/[-_.]+/g, "-"));
}

function sum(numbers) {
  return numbers.reduce((total, number) => total + number, 0);
}
