// What <xy-chart> draws over the curves: rows of reference lines, ranges left out, places, dots at the foot
// of a log axis. All take uPlot's instance `u`; px is one CSS pixel of its canvas.
export const ROW = 30; // CSS px, one row of reference lines each
const STICK = 15; // the strongest line of a row
const SMALL = "11px"; // names of lines
const FEWEST_PERCENT = 8; // of the strongest line: a weaker one gets no name
const NEAR = 6; // CSS px: a line under the cursor

function clipped(u, draw) {
  const { ctx, bbox } = u;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  draw(ctx, bbox, devicePixelRatio);
  ctx.restore();
}

// Each row: its name left of the axis, lines as high as they are strong, the names of those that have room.
export function drawRows(u, rows, colour) {
  const { ctx, bbox } = u;
  const px = devicePixelRatio;
  rows.forEach((one, row) => {
    const foot = bbox.top + bbox.height - row * ROW * px - 2 * px;
    ctx.save();
    ctx.font = `600 ${12 * px}px "Inter ELN"`;
    ctx.textAlign = "right";
    ctx.fillStyle = colour("ink");
    ctx.fillText(one.row || one.label, bbox.left - 8 * px, foot - 2 * px);
    ctx.restore();
    clipped(u, () => drawRow(u, one, foot, px, colour));
  });
}

function drawRow(u, one, foot, px, colour) {
  const { ctx, bbox } = u;
  const high = Math.max(...one.y);
  ctx.strokeStyle = colour(one.colour || "s3");
  ctx.lineWidth = 1.6 * px;
  ctx.beginPath();
  const places = one.x.map((x) => u.valToPos(x, "x", true));
  places.forEach((left, i) => {
    ctx.moveTo(left, foot);
    ctx.lineTo(left, foot - Math.max(1.5, (one.y[i] / high) * STICK) * px);
  });
  ctx.stroke();
  if (!one.names?.length) return;
  ctx.font = `${parseInt(SMALL, 10) * px}px "Inter ELN"`;
  ctx.textAlign = "center";
  ctx.fillStyle = colour("ink2");
  const taken = [];
  for (const i of one.y.map((_, k) => k).sort((a, b) => one.y[b] - one.y[a])) {
    if (one.y[i] < (FEWEST_PERCENT / 100) * high) break;
    const half = ctx.measureText(one.names[i]).width / 2 + 3 * px;
    const [from, to] = [places[i] - half, places[i] + half];
    if (from < bbox.left || to > bbox.left + bbox.width || taken.some(([a, b]) => from < b && to > a)) continue;
    taken.push([from, to]);
    ctx.fillText(one.names[i], places[i], foot - (STICK + 3) * px);
  }
}

// The reference lines under the cursor, in words: "γ 220".
export function linesAt(u, rows, x) {
  const near = Math.abs(u.posToVal(NEAR, "x") - u.posToVal(0, "x"));
  return rows.flatMap((one) => {
    let best = -1;
    one.x.forEach((place, i) => {
      if (Math.abs(place - x) < near && (best < 0 || one.y[i] > one.y[best])) best = i;
    });
    return best < 0 || !one.names?.[best] ? [] : [`${one.row} ${one.names[best]}`];
  });
}

export function drawRanges(u, ranges, colour) {
  clipped(u, (ctx, bbox) => {
    ctx.fillStyle = colour("gap");
    for (const [low, high] of ranges) {
      const [a, b] = [u.valToPos(low, "x", true), u.valToPos(high, "x", true)];
      ctx.fillRect(Math.min(a, b), bbox.top, Math.abs(b - a), bbox.height);
    }
  });
}

export function drawPlaces(u, marks, colour) {
  clipped(u, (ctx, bbox, px) => {
    ctx.strokeStyle = colour("ink3");
    ctx.fillStyle = colour("ink");
    ctx.font = `${12 * px}px "Inter ELN"`;
    ctx.textAlign = "left";
    ctx.setLineDash([3 * px, 3 * px]);
    ctx.lineWidth = px;
    for (const mark of marks) {
      const left = u.valToPos(mark.x, "x", true);
      ctx.beginPath();
      ctx.moveTo(left, bbox.top);
      ctx.lineTo(left, bbox.top + bbox.height);
      ctx.stroke();
      ctx.fillText(mark.label, left + 5 * px, bbox.top + 13 * px);
    }
  });
}

// On a log axis: what is 0 or below as a dot at the foot, a point alone between such as a dot where it is.
// Dropped they would hide the background, joined to their neighbours they would be spikes.
export function drawDots(u, curves, floor, colour) {
  clipped(u, (ctx, bbox, px) => {
    const foot = u.valToPos(floor, "y", true);
    for (const one of curves) {
      ctx.fillStyle = colour(one.colour || "s1");
      let last = -1;
      one.x.forEach((x, i) => {
        const y = one.y[i];
        const alone = y > 0 && !(one.y[i - 1] > 0) && !(one.y[i + 1] > 0);
        if (y == null || (y > 0 && !alone)) return;
        const left = Math.round(u.valToPos(x, "x", true));
        if (!alone && left === last) return;
        if (!alone) last = left;
        ctx.fillRect(left - 0.75 * px, (alone ? u.valToPos(y, "y", true) : foot) - 0.75 * px, 1.5 * px, 1.5 * px);
      });
    }
  });
}
