// Numbers and times as people read them; Format.java says the same on the server.
import { t } from "./i18n.js";

const pad = (n, width = 2) => String(n).padStart(width, "0");

export function duration(ms) {
  if (ms === 0) return "0s";
  if (ms < 1000) return `${Math.round(ms)}ms`;
  if (ms < 10_000 && ms % 1000) return `${(Math.floor(ms / 100) / 10).toString()}s`;
  let rest = Math.floor(ms / 1000);
  const units = [[86400, "d"], [3600, "h"], [60, "m"], [1, "s"]];
  for (let i = 0; i < units.length; i++) {
    const [size, name] = units[i];
    if (rest < size) continue;
    const first = Math.floor(rest / size) + name;
    const second = i + 1 < units.length ? Math.floor((rest % size) / units[i + 1][0]) : 0;
    return second ? `${first} ${second}${units[i + 1][1]}` : first;
  }
  return "0s";
}

export function ago(ms, nowMs) {
  const since = nowMs - ms;
  return t(since >= 0 ? "ago" : "ahead", duration(Math.floor(Math.abs(since) / 1000) * 1000));
}

export function local(ms, withZone = false) {
  const d = new Date(ms);
  const day = `${d.getFullYear()}-${pad(d.getMonth() + 1)}-${pad(d.getDate())}`;
  const time = `${day} ${pad(d.getHours())}:${pad(d.getMinutes())}:${pad(d.getSeconds())}`;
  return withZone ? `${time} ${zone(d)}` : time;
}

function zone(d) {
  const minutes = -d.getTimezoneOffset();
  if (minutes === 0) return "UTC";
  const size = Math.abs(minutes);
  return `UTC${minutes < 0 ? "−" : "+"}${Math.floor(size / 60)}${size % 60 ? ":" + pad(size % 60) : ""}`;
}

const UNITS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000, y: 31_536_000_000 };

// Prometheus's durations (1h30m, 1d); a bare number is seconds. NaN for anything else.
export function parseDuration(text) {
  const clean = text.trim();
  if (/^\d+(\.\d+)?$/.test(clean)) return Number(clean) * 1000;
  if (!/^(\d+(ms|[smhdwy])\s*)+$/.test(clean)) return NaN;
  let ms = 0;
  for (const [, number, unit] of clean.matchAll(/(\d+)(ms|[smhdwy])/g)) ms += number * UNITS[unit];
  return ms;
}

export function promDuration(ms) {
  if (!ms) return "0s";
  let out = "";
  let rest = Math.round(ms);
  for (const unit of ["d", "h", "m", "s", "ms"]) {
    const count = Math.floor(rest / UNITS[unit]);
    if (count) out += count + unit;
    rest -= count * UNITS[unit];
  }
  return out;
}

// A value of a sample in few digits: 12.3k, 4.81G, 0.00123.
export function short(value) {
  if (!Number.isFinite(value)) return String(value);
  const size = Math.abs(value);
  if (size === 0) return "0";
  if (size < 0.001) return value.toExponential(2);
  if (size < 1000) return String(Number(value.toPrecision(4)));
  for (const [base, prefix] of [[1e12, "T"], [1e9, "G"], [1e6, "M"], [1e3, "k"]]) {
    if (size >= base) return Number((value / base).toPrecision(4)) + prefix;
  }
  return String(value);
}
