// The small curves of the overview: one hour of an expression, drawn as a path.
import { $, $$ } from "./dom.js";
import { prometheus } from "./api.js";
import { duration, short } from "./format.js";
import { serverNow } from "./live.js";

const NS = "http://www.w3.org/2000/svg";
const WIDTH = 200;
const HEIGHT = 36;
const STEPS = 60;

export function start() {
  const sparks = $$(".spark[data-expr]");
  if (!sparks.length) return;
  const drawAll = () => document.hidden || sparks.forEach(draw);
  drawAll();
  setInterval(drawAll, 30_000);
}

async function draw(spark) {
  const end = Math.floor(serverNow() / 10_000) * 10; // the number is at most so old
  const start = end - 3600;
  try {
    const answer = await prometheus("query_range", { query: spark.dataset.expr, start, end, step: 3600 / STEPS });
    const values = (answer.data.result[0]?.values ?? []).map(([s, v]) => [s, Number(v)]).filter(([, v]) => Number.isFinite(v));
    const last = values.at(-1);
    const label = $("b", spark);
    label.textContent = last ? written(last[1], label.dataset.unit) : "–";
    $("svg", spark).replaceChildren(...(values.length > 1 ? paths(values, start, end) : []));
  } catch {
    $("b", spark).textContent = "–";
  }
}

function written(value, unit) {
  return unit === "s" && value >= 0.001 ? duration(value * 1000) : short(value) + (unit ?? "");
}

function paths(values, start, end) {
  const numbers = values.map(([, v]) => v);
  const low = Math.min(0, ...numbers);
  const span = Math.max(...numbers) - low || 1;
  const x = (s) => (((s - start) / (end - start)) * WIDTH).toFixed(1);
  const y = (v) => (HEIGHT - 2 - ((v - low) / span) * (HEIGHT - 4)).toFixed(1);
  const line = values.map(([s, v], i) => `${i ? "L" : "M"}${x(s)} ${y(v)}`).join("");
  const area = `${line}L${x(values.at(-1)[0])} ${HEIGHT}L${x(values[0][0])} ${HEIGHT}Z`;
  return [["area", area], ["line", line]].map(([name, d]) => {
    const path = document.createElementNS(NS, "path");
    path.setAttribute("class", name);
    path.setAttribute("d", d);
    return path;
  });
}
