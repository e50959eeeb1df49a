// Every page's script: theme, language, refresh, keyboard, old addresses, silences, small curves.
import { $, root } from "./dom.js";
import { t } from "./i18n.js";
import * as live from "./live.js";
import * as silence from "./silence.js";
import * as spark from "./spark.js";

const html = document.documentElement;
html.classList.add("js");

// Alertmanager's addresses stand behind a #: /#/silences/new?filter={…}
function oldAddress() {
  const m = /^#\/(alerts|silences|status|settings|receivers)?(\/new|\/edit\/[^?]+|\/[^?]+)?(\?.*)?$/.exec(location.hash);
  if (!m || document.body.className !== "page-overview") return false;
  const [, page = "alerts", rest = "", search = ""] = m;
  if (page === "silences" && rest.startsWith("/new")) {
    // Newer links carry the matchers in the path: #/silences/new/{a="b"}
    location.replace(`${root}silences/new${search}`);
  } else if (page === "silences" && rest) {
    const id = rest.replace(/^\/(edit\/)?/, "");
    location.replace(rest.startsWith("/edit/") ? `${root}silences/new?id=${id}` : `${root}silences?q=${id}`);
  } else if (page === "alerts") {
    const filter = new URLSearchParams(search).get("filter") ?? "";
    const words = [...filter.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map((x) => x[1]).join(" ");
    location.replace(`${root}alerts?${new URLSearchParams({ view: "groups", ...(words ? { q: words } : {}) })}`);
  } else {
    location.replace(root + (page === "silences" ? "silences" : "status"));
  }
  return true;
}

function cookie(name, value) {
  const path = new URL(root, location.href).pathname;
  document.cookie = `${name}=${value};path=${path};max-age=31536000;samesite=lax`;
}

function theme() {
  const button = $("#theme");
  const order = ["auto", "light", "dark"];
  const says = () => (button.title = t("theme." + html.dataset.theme));
  says();
  button.addEventListener("click", () => {
    html.dataset.theme = order[(order.indexOf(html.dataset.theme) + 1) % order.length];
    cookie("trivigil_theme", html.dataset.theme);
    says();
    dispatchEvent(new Event("themechange"));
  });
}

function language() {
  $("[data-lang]").addEventListener("click", (event) => {
    event.preventDefault();
    cookie("trivigil_lang", event.currentTarget.dataset.lang);
    const url = new URL(location.href);
    url.searchParams.delete("lang");
    if (url.href === location.href) location.reload();
    else location.replace(url);
  });
}

// g then a letter goes to a page, / goes to the filter, Escape leaves a field.
function keyboard() {
  const pages = { o: "", q: "query", a: "alerts", s: "silences", t: "targets", r: "rules", c: "status", v: "vigil", n: "silences/new" };
  let goMs = 0;
  document.addEventListener("keydown", (event) => {
    const field = event.target.closest?.("input, textarea, select, [contenteditable], .editor");
    if (field && event.key === "Escape") field.blur?.();
    if (field || event.ctrlKey || event.metaKey || event.altKey || $("dialog[open]")) return;
    if (event.key === "/") {
      const search = $("input[type=search]");
      if (search) event.preventDefault(), search.focus(), search.select();
    } else if (event.key === "g") {
      goMs = Date.now();
    } else if (Date.now() - goMs < 1200 && event.key in pages) {
      location.href = root + pages[event.key];
    }
  });
}

if (!oldAddress()) {
  theme();
  language();
  keyboard();
  live.start();
  silence.start();
  spark.start();
}
