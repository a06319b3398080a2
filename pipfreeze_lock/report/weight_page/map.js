// The map itself: rectangles, what the pointer and the keys do to them.

const TARGET = 24; // side of the smallest rectangle that a finger or a mouse is taken to mean (WCAG 2.2, 2.5.8)
const SMALLER = 10.5 / 12; // of a label's font

class TreeMap {
  constructor(home, tip, on) {
    this.home = home;
    this.tip = tip;
    this.on = on; // {zoom(place), up(), look(place)}
    this.drawn = []; // all rectangles, from the outside to the inside
    this.top = []; // those that the keys reach
    this.picked = null; // one of them that was clicked
    this.ring = element("div", { class: "ring", hidden: "" });
    this.pen = document.createElement("canvas").getContext("2d");
    this.widths = new Map();
    home.addEventListener("click", (event) => this.clicked(event));
    home.addEventListener("keydown", (event) => this.pressed(event));
    home.addEventListener("focusin", (event) => this.focused(event.target));
    home.addEventListener("focusout", () => this.unfocused());
    home.addEventListener("pointermove", (event) => this.hovered(event));
    home.addEventListener("pointerleave", () => this.unhovered());
  }

  draw({ root, colour, search }) {
    const { clientWidth: width, clientHeight: height } = this.home;
    this.root = root;
    this.colour = colour;
    this.search = search;
    this.drawn = drawnOf(root, width, height, colour === "kind");
    this.top = this.drawn.filter((one) => one.depth === 1);
    const tiles = this.drawn.map((one, number) => this.tile(one, number));
    this.home.replaceChildren(...tiles, ...this.drawn.flatMap((one) => this.cover(one)), this.ring);
    this.ring.hidden = true;
    this.picked = null;
    this.unhovered();
    if (!this.drawn.length) this.home.append(element("p", { class: "empty" }, "Nothing with bytes is here."));
  }

  tile(one, number) {
    const { place, box, depth, hasHead } = one;
    const tile = element("div", { class: this.classes(one), "data-number": number });
    placeAtBox(tile, box);
    one.tile = tile;
    if (depth === 1) {
      tile.setAttribute("role", "button");
      tile.setAttribute("aria-label", this.sentence(place));
      tile.tabIndex = one === this.top[0] ? 0 : -1;
    } else tile.setAttribute("aria-hidden", "true");
    if (hasHead) tile.append(this.head(place, box[2]));
    return tile;
  }

  // Gives what lies over a rectangle and over what is in it: hatching, the name where it has no head, and the frame of
  // what is searched for.
  cover({ place, box, hasHead, isOpen, isBare }) {
    const isInnermost = place.level === "owner" || !isOpen;
    const hatched = place.hidden && isInnermost ? hatching(place) : null;
    const label = isInnermost && !hasHead && !isBare ? this.label(place, box) : null;
    const isMatch = this.isMatch(place, isOpen);
    if (!hatched && !label && !isMatch) return [];
    const state = isMatch ? " match" : this.isDimmed(place) ? " dimmed" : "";
    const made = element("div", { class: `cover${hasHead ? " headed" : ""}${state}`, "aria-hidden": "true" }, hatched, label);
    placeAtBox(made, box);
    return [made];
  }

  classes({ place, isOpen, depth, hasHead }) {
    const names = ["tile", `level-${place.level}`];
    const isFrame = isOpen && (place.level !== "owner" || hasHead);
    if (isFrame) names.push("frame");
    else if (this.colour === "owner" && place.category !== undefined) names.push(className(DATA.categories[place.category][0]));
    else names.push(className(DATA.kinds[place.kind ?? place.foremostKind]));
    if (depth === 1) names.push("outer");
    if (this.isDimmed(place)) names.push("dimmed");
    return names.join(" ");
  }

  isMatch(place, isOpen) {
    return this.search.isOn && (this.search.isIt(place) || (!isOpen && this.search.isMostOf(place)));
  }

  // Of an owner whose kinds are searched for, these show what matches.
  isDimmed(place) {
    if (!this.search.isOn) return false;
    return !this.search.size(place) || (place.level === "owner" && this.search.kinds !== null && !this.search.isMostOf(place));
  }

  head(place, width) {
    const room = width - 12;
    const used = this.width(place.label, true);
    if (used > room) return element("div", { class: "head" }, element("bdi", { class: "name cut" }, place.level === "layer" ? place.key : place.label));
    const size = readableSize(place.size);
    const left = room - used - this.width(size) - 8;
    const more = place.level === "layer" ? DATA.layers[place.layer].instruction : "";
    return element(
      "div",
      { class: "head" },
      element("bdi", { class: "name" }, place.label),
      left >= 0 ? element("span", { class: "size" }, size) : null,
      more && left >= 60 ? element("code", { class: "cut" }, more) : null,
    );
  }

  // Gives name and size where they fit whole, at the worst in a smaller font, else nothing.
  label(place, [, , width, height]) {
    const room = width - 9;
    const names = this.width(place.label, true);
    if (height < 15 || names * SMALLER > room) return null;
    const size = readableSize(place.size);
    const isSmaller = names > room;
    const isRoomy = height >= 33 && this.width(size) * (isSmaller ? SMALLER : 1) <= room;
    return element(
      "div",
      { class: isSmaller ? "label smaller" : "label" },
      element("bdi", { class: "name" }, place.label),
      isRoomy ? element("span", { class: "size" }, size) : null,
    );
  }

  // Gives the width of a text at 12 px.
  width(text, isBold = false) {
    const key = `${isBold}${text}`;
    if (!this.widths.has(key)) {
      this.pen.font = `${isBold ? "600 " : ""}12px ${getComputedStyle(this.home).fontFamily}`;
      this.widths.set(key, this.pen.measureText(text).width);
    }
    return this.widths.get(key);
  }

  sentence(place) {
    const words = [place.label, exactSize(place.size), `${percentage(place.size, TOTAL)} of the image`];
    if (place.level === "layer") words.splice(1, 0, DATA.layers[place.layer].instruction);
    if (place.level === "owner") words.splice(1, 0, ownerLine(place));
    if (place.hidden) words.push(`${readableSize(place.hidden)} hidden`);
    return words.filter(Boolean).join(", ");
  }

  // Gives what is meant by a point: the innermost that is large enough to be aimed at, below a kind its owner.
  meant(target) {
    const tile = target.closest?.("[data-number]");
    if (!tile) return null;
    const one = this.drawn[tile.dataset.number];
    const { drawn } = this;
    let place = one.place;
    const boxes = new Map(drawn.map((each) => [each.place, each]));
    const isSmall = () => Math.min(boxes.get(place).box[2], boxes.get(place).box[3]) < TARGET;
    while (boxes.has(place.parent) && (place.level === "kind" || isSmall())) place = place.parent;
    return boxes.get(place);
  }

  clicked(event) {
    const one = this.meant(event.target);
    if (!one) return;
    if (one.place.children.length) this.on.zoom(one.place, one.box);
    else {
      this.picked = this.top.includes(one) ? one : this.top[0];
      this.choose(this.picked);
    }
  }

  choose(one) {
    for (const each of this.top) each.tile.tabIndex = each === one ? 0 : -1;
    one.tile.focus({ preventScroll: true });
    this.focused(one.tile);
  }

  pressed(event) {
    const one = this.drawn[event.target.dataset?.number];
    if (!one || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Enter" || event.key === " ") {
      if (one.place.children.length) this.on.zoom(one.place, one.box);
    } else if (event.key === "Home") this.choose(this.top[0]);
    else if (event.key === "End") this.choose(this.top.at(-1));
    else if (event.key.startsWith("Arrow")) this.choose(this.beside(one, event.key) ?? one);
    else return;
    event.preventDefault();
  }

  // Gives the nearest rectangle in a direction: what lies beside this one before what lies askew.
  beside(one, key) {
    const isAcross = key === "ArrowLeft" || key === "ArrowRight";
    const sign = key === "ArrowLeft" || key === "ArrowUp" ? -1 : 1;
    const [along, across] = isAcross ? [0, 1] : [1, 0];
    const edge = (box, axis) => [box[axis], box[axis] + box[axis + 2]];
    const [start, end] = edge(one.box, along);
    const [low, high] = edge(one.box, across);
    let best = null;
    for (const other of this.top) {
      const [otherStart, otherEnd] = edge(other.box, along);
      const distance = sign > 0 ? otherStart - end : start - otherEnd;
      if (other === one || distance < -1) continue;
      const [otherLow, otherHigh] = edge(other.box, across);
      const askew = Math.max(0, otherLow - high, low - otherHigh);
      const off = Math.abs((otherLow + otherHigh) / 2 - (low + high) / 2);
      const cost = distance + 4 * askew + off / 1000;
      if (!best || cost < best.cost) best = { cost, other };
    }
    return best?.other;
  }

  // Shows details of what keys have come to, and of what was clicked and cannot be zoomed into.
  focused(target) {
    const one = this.drawn[target.dataset?.number];
    if (!one) return;
    const isShown = one === this.picked || target.matches(":focus-visible");
    placeAtBox(this.ring, one.box);
    this.ring.hidden = !isShown;
    this.on.look(isShown ? one.place : null);
  }

  unfocused() {
    this.picked = null;
    this.ring.hidden = true;
    this.on.look(null);
  }

  focusOn(place) {
    const one = this.top.find((each) => each.place === place) ?? this.top[0];
    if (one) this.choose(one);
  }

  hovered(event) {
    if (event.pointerType === "touch") return;
    const one = this.drawn[event.target.closest?.("[data-number]")?.dataset.number];
    if (!one) return this.unhovered();
    const meant = this.meant(event.target);
    if (this.hoveredTile !== meant.tile) {
      this.hoveredTile?.classList.remove("aimed");
      this.hoveredTile = meant.tile;
      meant.tile.classList.add("aimed");
    }
    if (this.tipped !== one) {
      this.tipped = one;
      this.tip.replaceChildren(...tipContent(one.place, this.root));
    }
    this.tip.hidden = false;
    this.moveTip(event.clientX, event.clientY);
  }

  moveTip(x, y) {
    const { offsetWidth: width, offsetHeight: height } = this.tip;
    const left = x + 16 + width > innerWidth ? Math.max(4, x - width - 12) : x + 16;
    const top = y + 18 + height > innerHeight ? Math.max(4, y - height - 12) : y + 18;
    this.tip.style.transform = `translate(${left}px, ${top}px)`;
  }

  unhovered() {
    this.tip.hidden = true;
    this.tipped = null;
    this.hoveredTile?.classList.remove("aimed");
    this.hoveredTile = null;
  }

  // Lets the new picture grow out of the rectangle that was zoomed into.
  grow(from) {
    if (!from || matchMedia("(prefers-reduced-motion: reduce)").matches) return;
    const { clientWidth: width, clientHeight: height } = this.home;
    const [left, top, wide, high] = from;
    const start = `translate(${left}px, ${top}px) scale(${wide / width}, ${high / height})`;
    const frames = [{ transform: start, opacity: 0.4 }, { transform: "none", opacity: 1 }];
    for (const one of this.home.children) {
      // Each moves as if the whole map did, so that the map clips them meanwhile.
      one.style.transformOrigin = `${-one.offsetLeft}px ${-one.offsetTop}px`;
      one.animate(frames, { duration: 180, easing: "ease-out" });
    }
  }
}

function placeAtBox(made, [left, top, width, height]) {
  Object.assign(made.style, { left: `${left}px`, top: `${top}px`, width: `${width}px`, height: `${height}px` });
}

// Which kinds are hidden is not known, so that the hatching lies across all of them.
function hatching(place) {
  const made = element("div", { class: "hatched" });
  made.style.width = `${Math.min(100, (100 * place.hidden) / place.size)}%`;
  return made;
}

function tipContent(place, root) {
  const lines = [
    element("strong", {}, element("bdi", {}, place.level === "kind" && place.owner !== undefined ? `${DATA.owners[place.owner][1]}: ${place.label}` : place.label)),
    element("span", {}, `${exactSize(place.size)}, ${percentage(place.size, TOTAL)} of the image`),
  ];
  if (root.parent) lines.push(element("span", {}, `${percentage(place.size, root.size)} of ${root.label}`));
  if (place.hidden) lines.push(element("span", {}, `${readableSize(place.hidden)} hidden`));
  return lines;
}
