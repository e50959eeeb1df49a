// The silences' own buttons: expire, and the form with its preview.
import { $, $$, debounce, h, icon, root } from "./dom.js";
import { alertmanager } from "./api.js";
import { ago, parseDuration, promDuration } from "./format.js";
import { refresh, serverNow } from "./live.js";
import { format, fromApi, parse, toApi } from "./matchers.js";
import { t } from "./i18n.js";

export function start() {
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-expire]");
    if (button) askToExpire(button);
  });
  if ($("#silence-form")) form();
}

function askToExpire(button) {
  const dialog = $("#confirm");
  const error = $("#confirm-error");
  error.hidden = true;
  $("#confirm-what").replaceChildren(
    ...$$(".matcher", button.closest("article")).map((m) => m.cloneNode(true)),
  );
  $("#confirm-yes").onclick = async (event) => {
    event.preventDefault();
    try {
      await alertmanager.delete(`silence/${encodeURIComponent(button.dataset.expire)}`);
      dialog.close();
      refresh();
    } catch (e) {
      error.textContent = e.message;
      error.hidden = false;
    }
  };
  dialog.showModal();
}

const toInput = (ms) => {
  const d = new Date(ms - new Date(ms).getTimezoneOffset() * 60_000);
  return d.toISOString().slice(0, 19);
};
const fromInput = (input) => new Date(input.value).getTime();

async function form() {
  const query = new URLSearchParams(location.search);
  const starts = $("#starts");
  const ends = $("#ends");
  const lasts = $("#lasts");
  const error = $("#form-error");
  const fail = (text) => {
    error.textContent = text;
    error.hidden = !text;
  };
  let id = null;

  const setTimes = (startMs, lengthMs) => {
    starts.value = toInput(startMs);
    ends.value = toInput(startMs + lengthMs);
    lasts.value = promDuration(lengthMs);
    press(lasts.value);
  };
  const press = (length) => {
    for (const b of $$("[data-for]")) b.setAttribute("aria-pressed", String(parseDuration(b.dataset.for) === parseDuration(length)));
  };
  setTimes(Math.floor(serverNow() / 1000) * 1000, 2 * 3_600_000);
  for (const b of $$("[data-for]")) {
    b.addEventListener("click", () => setTimes(fromInput(starts), parseDuration(b.dataset.for)));
  }
  lasts.addEventListener("change", () => {
    const length = parseDuration(lasts.value);
    if (Number.isNaN(length)) fail(t("duration.bad", lasts.value));
    else fail(""), setTimes(fromInput(starts), length);
  });
  const fromEnds = () => {
    const length = fromInput(ends) - fromInput(starts);
    if (length > 0) (lasts.value = promDuration(length)), press(lasts.value);
  };
  starts.addEventListener("change", fromEnds);
  ends.addEventListener("change", fromEnds);
  $("#creator").value = localStorage.getItem("trivigil_creator") ?? "";
  $("#comment").value = query.get("comment") ?? "";

  const rows = $("#matchers");
  const show = debounce(250, () => preview(read()));
  const add = (m = { name: "", op: "=", value: "" }) => {
    const select = h("select", { "aria-label": t("matcher.op"), onchange: show }, ...["=", "!=", "=~", "!~"].map((op) => h("option", { value: op, selected: op === m.op }, op)));
    const input = (value, label, list) => {
      const i = h("input", { type: "text", "aria-label": label, placeholder: label, autocapitalize: "off", autocomplete: "off", spellcheck: "false", oninput: show });
      i.value = value;
      return i;
    };
    const row = h("div.matcher-row", {}, input(m.name, t("matcher.name")), select, input(m.value, t("matcher.value")));
    row.append(h("button.button.quiet.icon-only", { type: "button", "aria-label": t("matcher.remove"), title: t("matcher.remove"), onclick: () => (row.remove(), show()) }, icon("close")));
    rows.append(row);
    return row;
  };
  const read = () =>
    $$(".matcher-row", rows)
      .map((row) => ({ name: row.children[0].value.trim(), op: row.children[1].value, value: row.children[2].value }))
      .filter((m) => m.name);
  $("#add-matcher").addEventListener("click", () => $("input", add()).focus());

  if (query.get("id")) {
    try {
      const silence = await alertmanager.get(`silence/${encodeURIComponent(query.get("id"))}`);
      silence.matchers.map(fromApi).forEach(add);
      $("#comment").value = silence.comment;
      $("#creator").value = silence.createdBy;
      const [from, to] = [Date.parse(silence.startsAt), Date.parse(silence.endsAt)];
      if (silence.status.state === "expired") setTimes(Math.floor(serverNow() / 1000) * 1000, to - from);
      else {
        setTimes(from, to - from);
        id = silence.id;
        $("#form-title").textContent = $("#form-title").dataset.edit;
      }
    } catch (e) {
      fail(e.message);
    }
  } else {
    const filter = query.getAll("filter").join(",");
    const found = filter ? parse(filter.replace(/^\{|\}$/g, (b) => b)) : [];
    if (!found) fail(t("matcher.bad", filter));
    (found ?? []).forEach(add);
  }
  if (!rows.children.length) add();
  preview(read());

  $("#silence-form").addEventListener("submit", async (event) => {
    event.preventDefault();
    const matchers = read();
    if (!matchers.length || matchers.every(acceptsEmpty)) return fail(t("preview.loose"));
    if (!(fromInput(ends) > Math.max(fromInput(starts), serverNow()))) return fail(t("end.bad"));
    $("#save").disabled = true;
    try {
      localStorage.setItem("trivigil_creator", $("#creator").value);
      await alertmanager.post("silences", {
        ...(id ? { id } : {}),
        matchers: matchers.map(toApi),
        startsAt: new Date(fromInput(starts)).toISOString(),
        endsAt: new Date(fromInput(ends)).toISOString(),
        createdBy: $("#creator").value.trim(),
        comment: $("#comment").value.trim(),
      });
      location.href = `${root}silences`;
    } catch (e) {
      fail(e.message);
      $("#save").disabled = false;
    }
  });
}

function acceptsEmpty({ op, value }) {
  if (op === "=") return value === "";
  if (op === "!=") return value !== "";
  try {
    const matches = new RegExp(`^(?:${value})$`).test("");
    return op === "=~" ? matches : !matches;
  } catch {
    return false; // RE2 knows it or the server says so
  }
}

let asking = null;

async function preview(matchers) {
  const box = $("#preview");
  const count = $("#preview-count");
  asking?.abort();
  asking = new AbortController();
  const { signal } = asking;
  const filter = matchers.map((m) => `filter=${encodeURIComponent(format(m))}`).join("&");
  try {
    const [all, some] = await Promise.all([
      alertmanager.get("alerts?active=true&silenced=true&inhibited=true", signal),
      matchers.length ? alertmanager.get(`alerts?active=true&silenced=true&inhibited=true&${filter}`, signal) : [],
    ]);
    count.textContent = t("preview.count", some.length, all.length);
    const lines = some.slice(0, 50).map(alertLine);
    const loose = !matchers.length || matchers.every(acceptsEmpty);
    const says = loose ? t("preview.loose") : some.length === 0 ? t("preview.none") : some.length === all.length && all.length > 1 ? t("preview.all") : "";
    box.replaceChildren(...(says ? [h("p.calm", {}, says)] : []), ...lines);
  } catch (e) {
    if (e.name === "AbortError") return;
    count.textContent = "";
    box.replaceChildren(h("p.error", {}, e.message));
  }
}

function alertLine(alert) {
  const { alertname, severity, ...others } = alert.labels;
  const chips = Object.entries(others).map(([name, value]) => h("span.chip", {}, h("i", {}, name), value));
  return h(
    "article.alert",
    { class: `alert ${alert.status?.state === "suppressed" ? "silenced" : "firing"} sev-${severity}` },
    h("div.alert-head", {}, h("b.alert-name", {}, alertname ?? ""), severity ? h("span.sev", {}, severity) : null, h("span.when", {}, ago(Date.parse(alert.startsAt), serverNow()))),
    h("div.alert-foot", {}, h("span.chips", {}, ...chips)),
  );
}
