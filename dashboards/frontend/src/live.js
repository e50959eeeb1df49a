// Keeps a page current: asks for the same page again and exchanges what is marked data-live.
import { $, $$, debounce, morph } from "./dom.js";
import { ago, local } from "./format.js";
import { t } from "./i18n.js";

const html = document.documentElement;
// The server's clock minus ours, so that "12 s ago" holds on a phone whose clock is off.
let skew = Number(html.dataset.now) - Date.now();
let freshMs = Date.now();
let lostMs = 0;
let running = null;

export const serverNow = () => Date.now() + skew;

export async function refresh(url = location.href) {
  running?.abort();
  const mine = new AbortController();
  running = mine;
  const timer = setTimeout(() => mine.abort("slow"), 10_000);
  try {
    const response = await fetch(url, { headers: { Accept: "text/html" }, signal: mine.signal, cache: "no-store" });
    const text = await response.text();
    if (!response.ok) throw new Error(String(response.status));
    exchange(new DOMParser().parseFromString(text, "text/html"));
    freshMs = Date.now();
    lostMs = 0;
  } catch {
    if (running !== mine) return; // a newer request took over
    lostMs ||= Date.now();
  } finally {
    clearTimeout(timer);
  }
  if (running === mine) running = null;
  tick();
}

function exchange(fresh) {
  const nowMs = Number(fresh.documentElement.dataset.now);
  if (nowMs) skew = nowMs - Date.now();
  document.title = fresh.title;
  for (const part of $$("[data-live]")) {
    const now = fresh.getElementById(part.id);
    if (now) morph(part, now);
  }
}

function tick() {
  for (const time of $$("time[data-ms]")) {
    const ms = Number(time.dataset.ms);
    const text = time.dataset.form === "ago" ? ago(ms, serverNow()) : local(ms);
    if (time.textContent !== text) time.textContent = text;
    const title = local(ms, true);
    if (time.title !== title) time.title = title;
  }
  const fresh = $("#fresh");
  if (fresh && Number(html.dataset.refresh)) fresh.textContent = t("fresh", ago(freshMs, Date.now()));
  const lost = $("#lost");
  lost.hidden = !lostMs || Date.now() - lostMs < 3000;
  if (lostMs) {
    $("#lost-since").dataset.ms = String(freshMs + skew);
  }
}

// Links and forms that only change what a list shows exchange the list and keep the place.
function softly(url) {
  history.replaceState(null, "", url);
  return refresh(url);
}

export function start() {
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[data-soft]");
    if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const search = new URL(link.href).searchParams;
    for (const hidden of $$("form[data-soft-form] input[type=hidden]")) hidden.remove();
    const form = $("form[data-soft-form]");
    for (const name of ["view", "state"]) {
      if (form && search.get(name)) {
        const input = document.createElement("input");
        Object.assign(input, { type: "hidden", name, value: search.get(name) });
        form.append(input);
      }
    }
    const text = $("form[data-soft-form] input[type=search]")?.value;
    if (text) search.set("q", text);
    else search.delete("q");
    softly(`${location.pathname}?${search}`);
  });
  for (const form of $$("form[data-soft-form]")) {
    const send = () => softly(`${location.pathname}?${new URLSearchParams(new FormData(form))}`);
    form.addEventListener("input", debounce(180, send));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      send();
    });
  }
  const seconds = Number(html.dataset.refresh);
  if (seconds) {
    setInterval(() => document.hidden || running || refresh(), seconds * 1000);
    document.addEventListener("visibilitychange", () => document.hidden || refresh());
  }
  setInterval(tick, 1000);
  tick();
}
