// Which rectangles are drawn. The squarified layout is that of report/treemap.py.

const SMALLEST = 3; // side of the smallest rectangle that is drawn for itself, in CSS pixels
const SMALLEST_GROUP = 12; // of what owners are drawn in
const SMALLEST_OWNER = 24; // of what kinds are drawn in
const HEAD = 20; // height of a line with a name above what is in it
const GAP = 2;

// Gives [left, top, width, height] for each size; the largest come first.
function squarified(sizes, left, top, width, height) {
  const placed = [];
  let remaining = sum(sizes);
  let start = 0;
  while (start < sizes.length && remaining > 0 && width > 0 && height > 0) {
    const side = (Math.min(width, height) / Math.max(width, height)) * remaining;
    const [end, total] = rowEnd(sizes, start, side);
    const isTall = width >= height;
    const thickness = (total / remaining) * (isTall ? width : height);
    let before = 0;
    for (const size of sizes.slice(start, end)) {
      const from = before / total;
      const length = size / total;
      placed.push(
        isTall
          ? [left, top + height * from, thickness, height * length]
          : [left + width * from, top, width * length, thickness],
      );
      before += size;
    }
    if (isTall) [left, width] = [left + thickness, width - thickness];
    else [top, height] = [top + thickness, height - thickness];
    remaining -= total;
    start = end;
  }
  while (placed.length < sizes.length) placed.push([left, top, 0, 0]);
  return placed;
}

function rowEnd(sizes, start, side) {
  const largest = sizes[start];
  let total = largest;
  let worst = Math.max(side / largest, largest / side);
  let end = start + 1;
  for (; end < sizes.length && sizes[end] > 0; end += 1) {
    const wider = total + sizes[end];
    const ratio = Math.max((side * largest) / wider ** 2, wider ** 2 / (side * sizes[end]));
    if (ratio > worst) break;
    worst = ratio;
    total = wider;
  }
  return [end, total];
}

// Gives what is drawn of a place, from the outside to the inside, each with its box: [left, top, width, height].
// isOpen: what is in it is drawn, too; hasHead: below a line with its name; isBare: its owner's name lies over it.
function drawnOf(root, width, height, areKindsDrawn) {
  const drawn = [];
  const within = (place, box, depth, isBare) => {
    const boxes = squarified(place.children.map((child) => child.size), ...box);
    place.children.forEach((child, number) => put(child, inset(boxes[number], depth), depth, isBare));
  };
  const put = (place, box, depth, isBare) => {
    if (Math.min(box[2], box[3]) < SMALLEST) return;
    const [left, top, wide, high] = box;
    const isOwner = place.level === "owner";
    const least = isOwner ? SMALLEST_OWNER : SMALLEST_GROUP;
    const isOpen = place.children.length > 0 && Math.min(wide, high) >= least && (areKindsDrawn || !isOwner);
    const hasHead = isOpen && wide >= (isOwner ? 90 : 46) && high >= (isOwner ? 72 : 46);
    drawn.push({ place, depth, box, hasHead, isOpen, isBare });
    if (!isOpen) return;
    const above = hasHead ? HEAD : isOwner ? 0 : GAP;
    const margin = isOwner ? 0 : GAP;
    within(place, [left + margin, top + above, wide - 2 * margin, high - above - margin], depth + 1, isOwner && !hasHead);
  };
  within(root, [0, 0, width, height], 1, false);
  return drawn;
}

// Leaves a gap around each, a narrower one deeper within.
function inset([left, top, width, height], depth) {
  const gap = Math.min(depth === 1 ? 1.5 : depth === 2 ? 1 : 0.5, width / 6, height / 6);
  return [left + gap, top + gap, width - 2 * gap, height - 2 * gap];
}
