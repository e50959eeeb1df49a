// The query page: panels with an editor, a plot and a table each.
import { $, h, icon } from "./dom.js";
import { prometheus } from "./api.js";
import { editor } from "./editor.js";
import { duration, local, parseDuration, promDuration } from "./format.js";
import { serverNow } from "./live.js";
import { MAX_DRAWN, plot } from "./plot.js";
import { emptyPanel, read, write } from "./state.js";
import { table } from "./table.js";
import { t } from "./i18n.js";

const EXAMPLES = ["up == 0", "sum by (job) (up)", 'ALERTS{alertstate="firing"}', "topk(10, count by (__name__) ({__name__!=\"\"}))", "rate(prometheus_http_requests_total[5m])"];
const RANGES = ["5m", "15m", "30m", "1h", "2h", "6h", "12h", "1d", "2d", "1w", "2w", "4w", "8w", "1y"].map(parseDuration);
const HISTORY_KEY = "trivigil_queries";
const HISTORY_MAX = 40;

const panels = [];

const remembered = () => {
  try {
    return JSON.parse(localStorage.getItem(HISTORY_KEY)) ?? [];
  } catch {
    return [];
  }
};
function remember(expr) {
  const all = [expr, ...remembered().filter((e) => e !== expr)].slice(0, HISTORY_MAX);
  try {
    localStorage.setItem(HISTORY_KEY, JSON.stringify(all));
  } catch {
    // A full or forbidden storage costs the history, nothing else.
  }
}

function save(push) {
  const address = `${location.pathname}?${write(panels.map((p) => p.state))}`;
  if (address === location.pathname + location.search) return;
  if (push) history.pushState(null, "", address);
  else history.replaceState(null, "", address);
}

// A time as typed: 2026-11-21 03:17 in the reader's zone, -2h, or nothing for now (null).
function parseTime(text) {
  const clean = text.trim();
  const back = /^(?:now\s*)?-\s*(.+)$/.exec(clean);
  const ms = back ? serverNow() - parseDuration(back[1]) : new Date(clean.replace(" ", "T")).getTime();
  return clean && !Number.isNaN(ms) ? ms : null;
}

class Panel {
  constructor(state) {
    this.state = state;
    this.asking = null;
    this.clear = null;
    this.zooms = [];
    this.build();
  }

  build() {
    const button = (name, label, onclick) => h("button.button.icon-only", { type: "button", title: label, "aria-label": label, onclick }, icon(name));
    this.editor = editor(this.state.expr, () => this.run(true), () => this.runButton.classList.add("fresh"));
    this.runButton = h("button.button.primary", { type: "button", onclick: () => this.run(true) }, t("query.run"));
    this.rangeInput = h("input.short", { type: "text", size: 5, "aria-label": t("query.range"), title: t("query.range"), onchange: () => this.setRange(parseDuration(this.rangeInput.value)) });
    this.endInput = h("input.end", { type: "text", placeholder: t("query.now"), "aria-label": t("query.end.hint"), title: t("query.end.hint"), autocomplete: "off", onchange: () => this.setEnd(parseTime(this.endInput.value)) });
    this.nowButton = h("button.seg", { type: "button", onclick: () => this.setEnd(null) }, t("query.now"));
    this.stepInput = h("input.short", { type: "text", size: 5, "aria-label": t("query.step"), title: t("query.step"), placeholder: t("query.step.auto"), onchange: () => this.setStep() });
    this.stackedButton = h("button.seg", { type: "button", onclick: () => this.change({ stacked: !this.state.stacked }) }, t("query.stacked"));
    this.resetButton = h("button.button.quiet", { type: "button", hidden: true, onclick: () => this.unzoom() }, t("query.reset"));
    this.tabs = ["graph", "table"].map((tab) => h("button.seg", { type: "button", onclick: () => this.change({ tab }) }, t(`query.${tab}`)));
    this.momentInput = h("input.end", { type: "text", placeholder: t("query.now"), "aria-label": t("query.time.hint"), title: t("query.time.hint"), autocomplete: "off", onchange: () => this.change({ momentMs: parseTime(this.momentInput.value) }) });
    this.momentNow = h("button.seg", { type: "button", onclick: () => this.change({ momentMs: null }) }, t("query.now"));
    this.graphControls = h(
      "div.controls",
      {},
      h("span.joined", {}, button("minus", t("query.shorter"), () => this.stepRange(-1)), this.rangeInput, button("plus", t("query.longer"), () => this.stepRange(1))),
      h("span.joined", {}, button("left", t("query.earlier"), () => this.shift(-0.5)), this.endInput, button("right", t("query.later"), () => this.shift(0.5))),
      h("span.segs", {}, this.nowButton),
      h("label.step", {}, h("span.dim", {}, t("query.step")), this.stepInput),
      h("span.segs", {}, this.stackedButton),
      this.resetButton,
    );
    this.tableControls = h("div.controls", {}, h("span.joined", {}, this.momentInput), h("span.segs", {}, this.momentNow));
    this.meta = h("span.dim.answer-meta", { role: "status" });
    this.says = h("div.says");
    this.plotBox = h("div.plot");
    this.legendBox = h("div.legend");
    this.tableBox = h("div.answer-box");
    this.element = h(
      "section.card.panel",
      {},
      h("div.ask", {}, this.editor, this.past(), this.runButton),
      h(
        "div.panel-bar",
        {},
        h("div.segs", { role: "group" }, ...this.tabs),
        this.graphControls,
        this.tableControls,
        this.meta,
        h("span.panel-tools", {}, button("copy", t("query.duplicate"), () => this.duplicate()), button("close", t("query.remove"), () => this.remove())),
      ),
      this.says,
      this.plotBox,
      this.legendBox,
      this.tableBox,
    );
    this.reflect();
  }

  past() {
    const list = h("div.past-list", {});
    const box = h("details.past", { ontoggle: () => {
      if (!box.open) return;
      list.replaceChildren(...[...remembered(), ...EXAMPLES].map((expr) => h("button.mono", { type: "button", onclick: () => ((box.open = false), this.ask(expr)) }, expr)));
    } }, h("summary.button.icon-only", { title: t("query.history"), "aria-label": t("query.history") }, "⌄"), list);
    document.addEventListener("click", (e) => box.open && !box.contains(e.target) && (box.open = false));
    return box;
  }

  reflect() {
    const s = this.state;
    const graph = s.tab === "graph";
    const toInput = (ms) => (ms ? local(ms) : "");
    this.tabs.forEach((b, i) => b.setAttribute("aria-pressed", String((i === 0) === graph)));
    this.graphControls.hidden = !graph;
    this.tableControls.hidden = graph;
    this.plotBox.hidden = this.legendBox.hidden = !graph;
    this.tableBox.hidden = graph;
    this.rangeInput.value = promDuration(s.rangeMs);
    this.endInput.value = toInput(s.endMs);
    this.nowButton.parentElement.hidden = !s.endMs;
    this.momentInput.value = toInput(s.momentMs);
    this.momentNow.parentElement.hidden = !s.momentMs;
    this.stepInput.value = s.stepS ? promDuration(s.stepS * 1000) : "";
    this.stackedButton.setAttribute("aria-pressed", String(s.stacked));
    this.resetButton.hidden = !this.zooms.length;
  }

  change(what) {
    Object.assign(this.state, what);
    this.run(true);
  }

  setRange(ms) {
    if (ms > 0) this.change({ rangeMs: ms });
    else this.reflect();
  }

  stepRange(direction) {
    const longer = RANGES.find((r) => r > this.state.rangeMs) ?? RANGES.at(-1);
    const shorter = RANGES.findLast((r) => r < this.state.rangeMs) ?? RANGES[0];
    this.setRange(direction > 0 ? longer : shorter);
  }

  setEnd(endMs) {
    this.change({ endMs: endMs && endMs < serverNow() ? endMs : null });
  }

  shift(part) {
    this.setEnd((this.state.endMs ?? serverNow()) + part * this.state.rangeMs);
  }

  setStep() {
    const ms = parseDuration(this.stepInput.value);
    this.change({ stepS: ms > 0 ? ms / 1000 : null });
  }

  zoom(fromS, toS) {
    this.zooms.push({ rangeMs: this.state.rangeMs, endMs: this.state.endMs });
    this.change({ rangeMs: Math.max(1000, Math.round(toS - fromS) * 1000), endMs: Math.round(toS) * 1000 });
  }

  unzoom() {
    const before = this.zooms.pop();
    if (before) this.change(before);
  }

  ask(expr) {
    this.editor.set(expr);
    this.run(true);
  }

  async run(push = false) {
    const s = this.state;
    s.expr = this.editor.text();
    this.runButton.classList.remove("fresh");
    this.reflect();
    save(push);
    this.asking?.abort();
    if (!s.expr.trim()) {
      this.show();
      this.suggest();
      return;
    }
    this.asking = new AbortController();
    const { signal } = this.asking;
    this.meta.textContent = t("query.running");
    this.element.setAttribute("aria-busy", "true");
    const began = performance.now();
    try {
      const answer = s.tab === "graph" ? await this.askRange(signal) : await this.askInstant(signal);
      remember(s.expr);
      const took = duration(performance.now() - began);
      this.meta.textContent = t("query.took", t("query.series", answer.count), took);
      this.say([...(answer.body.warnings ?? []).map((w) => ["warn", w]), ...(answer.body.infos ?? []).map((w) => ["info", w]), ...answer.notes.map((n) => ["info", n])]);
    } catch (e) {
      if (e.name === "AbortError") return;
      this.show();
      this.meta.textContent = "";
      this.say([["bad", e.message]]);
    }
    this.element.removeAttribute("aria-busy");
  }

  show() {
    this.clear?.();
    this.clear = null;
    this.tableBox.replaceChildren();
    this.say([]);
    this.meta.textContent = "";
  }

  say(lines) {
    this.says.replaceChildren(...lines.map(([level, text]) => h(`p.say.${level}`, {}, text)));
  }

  suggest() {
    this.says.replaceChildren(h("p.calm", {}, t("query.ask")), h("div.suggestions", {}, ...EXAMPLES.map((expr) => h("button.button.mono", { type: "button", onclick: () => this.ask(expr) }, expr))));
  }

  async askRange(signal) {
    const s = this.state;
    const rangeS = s.rangeMs / 1000;
    const width = this.element.clientWidth || 800;
    const stepS = s.stepS ?? Math.max(1, Math.ceil(rangeS / Math.min(900, Math.max(120, width / 2))));
    const endS = Math.floor((s.endMs ?? serverNow()) / 1000 / stepS) * stepS;
    const startS = Math.ceil((endS - rangeS) / stepS) * stepS;
    const body = await prometheus("query_range", { query: s.expr, start: startS, end: endS, step: stepS }, signal);
    const { result } = body.data;
    this.show();
    const hidden = result.length - MAX_DRAWN;
    if (result.length) {
      this.clear = plot(this.plotBox, this.legendBox, result, { startS, endS, stepS }, {
        stacked: s.stacked,
        onZoom: (from, to) => this.zoom(from, to),
        onReset: () => this.unzoom(),
      });
    } else this.plotBox.replaceChildren(h("p.calm", {}, t("query.empty"))), (this.clear = () => this.plotBox.replaceChildren());
    return { body, count: result.length, notes: hidden > 0 ? [t("query.more-series", hidden)] : [] };
  }

  async askInstant(signal) {
    const time = (this.state.momentMs ?? serverNow()) / 1000;
    const body = await prometheus("query", { query: this.state.expr, time: time.toFixed(3) }, signal);
    this.show();
    return { body, count: table(this.tableBox, body.data), notes: [] };
  }

  duplicate() {
    add({ ...this.state, expr: this.editor.text() }, this).run();
  }

  remove() {
    this.asking?.abort();
    this.clear?.();
    this.editor.destroyView();
    this.element.remove();
    panels.splice(panels.indexOf(this), 1);
    if (!panels.length) add(emptyPanel()).run();
    save(true);
  }
}

function add(state, after) {
  const panel = new Panel(state);
  if (after) {
    panels.splice(panels.indexOf(after) + 1, 0, panel);
    after.element.after(panel.element);
  } else {
    panels.push(panel);
    $("#panels").append(panel.element);
  }
  return panel;
}

function load() {
  for (const panel of panels.splice(0)) panel.clear?.(), panel.editor.destroyView();
  $("#panels").replaceChildren();
  const states = read(location.search);
  for (const state of states.length ? states : [emptyPanel()]) add(state);
  for (const panel of panels) panel.run();
  if (!panels[0].state.expr && matchMedia("(pointer: fine)").matches) panels[0].editor.focusEnd();
}

$("#add-panel").addEventListener("click", () => {
  const panel = add(emptyPanel());
  panel.run(true);
  panel.editor.focusEnd();
  panel.element.scrollIntoView({ block: "nearest" });
});
addEventListener("popstate", load);
load();
