// An instant query's answer as a table.
import { h } from "./dom.js";
import { local } from "./format.js";
import { t } from "./i18n.js";

export const MAX_ROWS = 1000;

export function table(box, data) {
  if (data.resultType === "scalar" || data.resultType === "string") {
    box.replaceChildren(rowsOf([{ metric: null, name: data.resultType, values: [data.result] }]));
    return 1;
  }
  const rows = data.result.map((s) => ({
    metric: s.metric,
    values: s.values ?? (s.value ? [s.value] : []),
    histogram: s.histogram?.[1] ?? s.histograms?.at(-1)?.[1],
  }));
  let order = 0; // 0 as answered, 1 falling, -1 rising
  const sorted = () => (order ? [...rows].sort((a, b) => order * (number(b) - number(a))) : rows);
  const show = () => box.replaceChildren(rowsOf(sorted(), () => ((order = order === 1 ? -1 : order === -1 ? 0 : 1), show()), order));
  if (rows.length) show();
  else box.replaceChildren(h("p.calm", {}, t("query.empty")));
  return rows.length;
}

const number = (row) => Number(row.values.at(-1)?.[1] ?? row.histogram?.sum ?? NaN) || 0;

function rowsOf(rows, onSort, order = 0) {
  const arrow = order === 1 ? " ↓" : order === -1 ? " ↑" : "";
  const head = onSort
    ? h("th.num", { "aria-sort": order === 1 ? "descending" : order === -1 ? "ascending" : "none" }, h("button.sort", { type: "button", onclick: onSort }, t("query.value") + arrow))
    : h("th.num", {}, t("query.value"));
  const hidden = rows.length - MAX_ROWS;
  return h(
    "div",
    {},
    h(
      "div.scroll",
      {},
      h(
        "table.rows.answer",
        {},
        h("thead", {}, h("tr", {}, h("th", {}, t("query.element")), head)),
        h("tbody", {}, ...rows.slice(0, MAX_ROWS).map((r) => h("tr", {}, h("td", {}, r.metric ? element(r.metric) : h("span.dim", {}, r.name)), h("td.num.mono", {}, ...valueOf(r))))),
      ),
    ),
    hidden > 0 ? h("p.more", {}, t("query.more-rows", hidden)) : null,
  );
}

function element(metric) {
  const { __name__: name = "", ...labels } = metric;
  const pairs = Object.entries(labels).flatMap(([k, v], i) => [
    i ? h("span.dim", {}, ", ") : null,
    h("span.label-name", {}, k),
    h("span.dim", {}, "="),
    `"${v}"`,
  ]);
  return h("span.element", {}, h("b", {}, name), h("span.dim", {}, "{"), ...pairs, h("span.dim", {}, "}"));
}

function valueOf({ values, histogram }) {
  if (histogram) return [`count ${histogram.count}, sum ${histogram.sum}`];
  if (values.length === 1) return [values[0][1]];
  return values.map(([s, v]) => h("div", {}, v, h("span.dim", {}, ` @ ${local(s * 1000)}`)));
}
