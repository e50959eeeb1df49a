// The page's state in its address, in Prometheus's own words: g0.expr, g0.tab, g0.range_input…
import { parseDuration, promDuration } from "./format.js";

export const DEFAULT_RANGE_MS = 3_600_000;

// { expr, tab: "graph"|"table", rangeMs, endMs|null (now), momentMs|null, stepS|null (auto), stacked }
export function emptyPanel() {
  return { expr: "", tab: "graph", rangeMs: DEFAULT_RANGE_MS, endMs: null, momentMs: null, stepS: null, stacked: false };
}

export function read(search) {
  const all = new URLSearchParams(search);
  const panels = [];
  for (let i = 0; all.has(`g${i}.expr`); i++) {
    const get = (name) => all.get(`g${i}.${name}`);
    const panel = emptyPanel();
    panel.expr = get("expr");
    panel.tab = ["1", "table"].includes(get("tab")) ? "table" : "graph";
    panel.rangeMs = parseDuration(get("range_input") ?? "") || DEFAULT_RANGE_MS;
    panel.endMs = time(get("end_input"));
    panel.momentMs = time(get("moment_input"));
    const stacked = get("display_mode") ?? get("stacked");
    panel.stacked = stacked === "stacked" || stacked === "1";
    const fixed = get("res_type") === "fixed" ? get("res_step") : null;
    panel.stepS = Number(get("step_input") ?? fixed) || null;
    panels.push(panel);
  }
  return panels;
}

export function write(panels) {
  const all = new URLSearchParams();
  panels.forEach((p, i) => {
    const set = (name, value) => all.set(`g${i}.${name}`, value);
    set("expr", p.expr);
    set("tab", p.tab === "table" ? "1" : "0");
    if (p.tab === "graph" || p.rangeMs !== DEFAULT_RANGE_MS) set("range_input", promDuration(p.rangeMs));
    if (p.endMs) set("end_input", stamp(p.endMs));
    if (p.momentMs) set("moment_input", stamp(p.momentMs));
    if (p.stepS) set("step_input", p.stepS);
    if (p.stacked) set("display_mode", "stacked");
  });
  return all.toString();
}

// Prometheus writes these in UTC: 2026-11-21 03:17:31
function time(text) {
  if (!text) return null;
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text) * 1000;
  const ms = Date.parse(/[zZ]|[+-]\d\d:?\d\d$/.test(text) ? text : `${text.replace(" ", "T")}Z`);
  return Number.isNaN(ms) ? null : ms;
}

const stamp = (ms) => new Date(ms).toISOString().slice(0, 19).replace("T", " ");
