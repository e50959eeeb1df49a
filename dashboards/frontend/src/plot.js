// A plot of a range query's answer: uPlot, with our legend, tooltip and zoom.
import uPlot from "uplot";
import { h } from "./dom.js";
import { local, short } from "./format.js";
import { t } from "./i18n.js";

export const MAX_DRAWN = 250;
const MAX_TIPS = 10;

// Hues far apart, light enough for the night and dark enough for the day.
const DARK = ["#55c5b4", "#f0b45a", "#84b1f5", "#f0868f", "#a6d36b", "#c79bf0", "#5fc9e6", "#e99ad0", "#d8cf5c", "#9aa7f7", "#f39a6b", "#72d19b"];
const LIGHT = ["#0b7d70", "#b86e00", "#2b66c0", "#c23b45", "#4f8110", "#8546c4", "#0e7fa0", "#b03b8c", "#857700", "#4a55c9", "#bf5318", "#1d8a50"];

export const isDark = () => getComputedStyle(document.documentElement).colorScheme.startsWith("dark");
const colour = (i) => (isDark() ? DARK : LIGHT)[i % DARK.length];
const css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

export function seriesName(metric) {
  const { __name__: name = "", ...labels } = metric;
  const inner = Object.entries(labels).map(([k, v]) => `${k}="${v}"`).join(", ");
  return inner ? `${name}{${inner}}` : name || "{}";
}

// [unit, default, year, month, day, hour, minute, second, mode]: 24 hours, local zone.
const DAY = "\n{YYYY}-{MM}-{DD}";
const TIMES = [
  [31_536_000, "{YYYY}", null, null, null, null, null, null, 1],
  [2_419_200, "{YYYY}-{MM}", null, null, null, null, null, null, 1],
  [86_400, "{MM}-{DD}", "\n{YYYY}", null, null, null, null, null, 1],
  [3600, "{HH}:{mm}", DAY, null, DAY, null, null, null, 1],
  [60, "{HH}:{mm}", DAY, null, DAY, null, null, null, 1],
  [1, "{HH}:{mm}:{ss}", DAY, null, DAY, null, null, null, 1],
];

function align(result, { startS, endS, stepS }) {
  const count = Math.floor((endS - startS) / stepS + 1e-9) + 1;
  const times = Array.from({ length: count }, (_, i) => startS + i * stepS);
  const columns = result.map((series) => {
    const column = new Array(count).fill(null);
    for (const [s, v] of series.values ?? []) {
      const i = Math.round((s - startS) / stepS);
      const value = Number(v === "+Inf" ? Infinity : v === "-Inf" ? -Infinity : v);
      if (i >= 0 && i < count && Number.isFinite(value)) column[i] = value;
    }
    return column;
  });
  return { times, columns };
}

function stack(columns, shown) {
  const sums = columns[0] ? new Array(columns[0].length).fill(0) : [];
  return columns.map((column, i) => (shown[i] ? column.map((v, k) => (sums[k] += v ?? 0)) : column));
}

// Draws into `box`. `onZoom(fromS, toS)` and `onReset()` ask the panel for another range.
export function plot(box, legendBox, result, range, { stacked, onZoom, onReset }) {
  const drawn = result.slice(0, MAX_DRAWN);
  const { times, columns } = align(drawn, range);
  const names = drawn.map((s) => seriesName(s.metric));
  const shown = drawn.map(() => true);
  const tip = h("div.tip", { hidden: true });
  let chart;
  let size;

  const data = () => [times, ...(stacked ? stack(columns, shown) : columns)];
  const height = () => Math.max(220, Math.min(440, Math.round(innerHeight * 0.42)));

  function make() {
    chart?.destroy();
    const grid = { stroke: css("--line"), width: 1 };
    const axis = { stroke: css("--dim"), font: "12px " + css("--sans"), grid, ticks: { show: false } };
    const bands = stacked ? drawn.slice(1).map((_, i) => ({ series: [i + 2, i + 1] })) : [];
    chart = new uPlot(
      {
        width: box.clientWidth,
        height: height(),
        padding: [10, 10, 0, 0],
        legend: { show: false },
        focus: { alpha: 0.25 },
        bands,
        cursor: {
          drag: { x: true, y: false, setScale: false },
          focus: { prox: 30 },
          points: { size: 7 },
          bind: { dblclick: () => () => (onReset(), null) },
        },
        scales: { x: { range: () => [range.startS, Math.max(range.endS, range.startS + 1)] }, y: { range: yRange } },
        axes: [
          { ...axis, values: TIMES, space: 70 },
          { ...axis, size: axisSize, values: (_, ticks) => ticks.map(short) },
        ],
        series: [
          {},
          ...drawn.map((_, i) => ({
            label: names[i],
            show: shown[i],
            stroke: colour(i),
            width: 1.4,
            fill: stacked ? colour(i) + "55" : drawn.length === 1 ? colour(i) + "18" : undefined,
            points: { show: false },
          })),
        ],
        hooks: { setCursor: [showTip], setSelect: [select], drawSeries: [lonePoints] },
      },
      data(),
      box,
    );
    box.append(tip);
    size = box.clientWidth;
  }

  function select(u) {
    if (u.select.width < 4) return;
    const from = u.posToVal(u.select.left, "x");
    const to = u.posToVal(u.select.left + u.select.width, "x");
    u.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
    onZoom(from, to);
  }

  // A sample whose neighbours are missing is no line; it is drawn as a dot.
  function lonePoints(u, s) {
    const ys = u.data[s];
    const ctx = u.ctx;
    ctx.fillStyle = u.series[s]._stroke ?? u.series[s].stroke();
    for (let i = 0; i < ys.length; i++) {
      if (ys[i] == null || ys[i - 1] != null || ys[i + 1] != null) continue;
      ctx.beginPath();
      ctx.arc(u.valToPos(u.data[0][i], "x", true), u.valToPos(ys[i], "y", true), 2 * devicePixelRatio, 0, 7);
      ctx.fill();
    }
  }

  let focused = -1;
  function showTip(u) {
    const { idx, left, top } = u.cursor;
    if (idx == null || left < 0) {
      tip.hidden = true;
      return;
    }
    const rows = columns
      .map((column, i) => ({ i, v: column[idx] }))
      .filter((r) => shown[r.i] && r.v != null)
      .sort((a, b) => b.v - a.v);
    if (!rows.length) {
      tip.hidden = true;
      return;
    }
    focused = nearest(u, idx, top, rows);
    let few = rows;
    if (rows.length > MAX_TIPS) {
      const at = Math.max(0, Math.min(rows.findIndex((r) => r.i === focused) - MAX_TIPS / 2, rows.length - MAX_TIPS));
      few = rows.slice(at, at + MAX_TIPS);
    }
    tip.replaceChildren(
      h("div.tip-time", {}, local(times[idx] * 1000)),
      ...few.map(({ i, v }) =>
        h("div.tip-row" + (i === focused ? ".on" : ""), {}, swatch(i), h("span.tip-name", {}, names[i]), h("b", {}, short(v))),
      ),
    );
    tip.hidden = false;
    const { width } = tip.getBoundingClientRect();
    const x = u.bbox.left / devicePixelRatio + left;
    tip.style.left = `${x + 16 + width > box.clientWidth ? Math.max(0, x - width - 16) : x + 16}px`;
    tip.style.top = `${Math.max(4, Math.min(top - 10, box.clientHeight - tip.clientHeight - 8))}px`;
  }

  function nearest(u, idx, top, rows) {
    let best = rows[0].i;
    let distance = Infinity;
    for (const { i } of rows) {
      const gap = Math.abs(u.valToPos(u.data[i + 1][idx], "y") - top);
      if (gap < distance) (distance = gap), (best = i);
    }
    return best;
  }

  function swatch(i) {
    const s = h("i.swatch");
    s.style.background = colour(i);
    return s;
  }

  function legend() {
    legendBox.replaceChildren(
      ...drawn.map((series, i) => {
        const last = columns[i].findLast((v) => v != null);
        const row = h(
          "button.legend-row",
          { type: "button", "aria-pressed": String(shown[i]), title: t("query.zoom-hint") },
          swatch(i),
          h("span.legend-name", {}, names[i]),
          h("b", {}, last == null ? "–" : short(last)),
        );
        row.addEventListener("click", (e) => toggle(i, e.ctrlKey || e.metaKey || e.shiftKey));
        row.addEventListener("mouseenter", () => chart.setSeries(i + 1, { focus: true }));
        row.addEventListener("mouseleave", () => chart.setSeries(null, { focus: false }));
        return row;
      }),
    );
  }

  function toggle(i, only) {
    if (only) shown[i] = !shown[i];
    else {
      const alone = shown[i] && shown.every((s, k) => k === i || !s);
      shown.forEach((_, k) => (shown[k] = alone || k === i));
    }
    [...legendBox.children].forEach((row, k) => row.setAttribute("aria-pressed", String(shown[k])));
    make();
  }

  const observer = new ResizeObserver(() => {
    if (box.clientWidth && box.clientWidth !== size) {
      size = box.clientWidth;
      chart.setSize({ width: size, height: height() });
    }
  });
  const repaint = () => (make(), legend());
  const scheme = matchMedia("(prefers-color-scheme: dark)");
  make();
  legend();
  observer.observe(box);
  addEventListener("themechange", repaint);
  scheme.addEventListener("change", repaint);
  return () => {
    observer.disconnect();
    removeEventListener("themechange", repaint);
    scheme.removeEventListener("change", repaint);
    chart.destroy();
    box.replaceChildren();
    legendBox.replaceChildren();
  };
}

// Room for the axis's longest number.
function axisSize(u, values) {
  const longest = (values ?? []).reduce((a, b) => Math.max(a, b.length), 2);
  return Math.max(38, longest * 7.2 + 14);
}

function yRange(_, low, high) {
  if (low == null || !Number.isFinite(low)) return [0, 1];
  if (low === high) {
    const pad = Math.abs(low) * 0.1 || 1;
    return low >= 0 ? [Math.max(0, low - pad), high + pad] : [low - pad, Math.min(0, high + pad)];
  }
  const pad = (high - low) * 0.06;
  // Zero is shown where it is near, so that a small change does not look like a great one.
  const from = low >= 0 && low < high * 0.4 ? 0 : low - pad;
  return [from, high + pad];
}
