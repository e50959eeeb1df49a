// Serves the sample pages that the tests wrote (target/preview) with made-up answers of the APIs,
// under the strict content security policy, each state of the cluster under a prefix of its own:
//   http://127.0.0.1:9080/quorum/   /fail-open/   /no-quorum/   /empty/
// usage: node preview.mjs [PORT]      (first: mvn -pl dashboards -am test)
import { existsSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const target = join(here, "..", "target");
const assets = join(target, "classes/io/trivigil/dashboards/assets");
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'self'";
const TYPES = { js: "text/javascript", css: "text/css", svg: "image/svg+xml" };

const ALERTS = [
  alert("MasterServerDown", "critical", { instance: "154.37.214.191:9104", job: "master-mysql", server: "master", role: "database" }, 194),
  alert("DiskSpaceLow", "warning", { instance: "10.0.0.2:9100", mountpoint: "/var/lib/mysql" }, 15800),
  alert("MySQLReplicationLag", "warning", { instance: "10.0.0.3:9104" }, 620),
];

function alert(alertname, severity, labels, seconds) {
  return {
    labels: { alertname, severity, ...labels },
    annotations: { summary: alertname },
    startsAt: new Date(1_790_000_000_000 - seconds * 1000).toISOString(),
    status: { state: "active", silencedBy: [], inhibitedBy: [], mutedBy: [] },
  };
}

const success = (data, more = {}) => ({ status: "success", data, ...more });

function noise(seed) {
  let x = seed;
  return () => ((x = (x * 1_103_515_245 + 12_345) & 0x7fffffff) / 0x7fffffff);
}

function metrics(query) {
  if (/^(sum|max|count)\(/.test(query)) return [{}];
  const name = /[a-zA-Z_:][a-zA-Z0-9_:]*(?=[{[]|$)/.exec(query)?.[0] ?? "";
  const base = name && !query.includes("(") ? { __name__: name } : {};
  const count = query.includes("many") ? 320 : 6;
  return Array.from({ length: count }, (_, i) => ({ ...base, instance: `10.0.0.${1 + (i % 3)}:9100`, job: i < 3 ? "node" : "mysql", device: `sd${"abcdefgh"[i % 8]}${i}` }));
}

const prometheus = {
  query_range(p) {
    if (p.get("query").includes("bad")) return [400, { status: "error", errorType: "bad_data", error: 'invalid parameter "query": 1:4: parse error: unexpected identifier "bad"' }];
    const [start, end, step] = ["start", "end", "step"].map((k) => Number(p.get(k)));
    const result = metrics(p.get("query")).map((metric, i) => {
      const random = noise(i * 977 + 13);
      const values = [];
      for (let s = start; s <= end + 1e-6; s += step) {
        const gap = i === 1 && s % 3600 > 1500 && s % 3600 < 1900;
        const value = (i + 1) * 120 + 60 * Math.sin(s / 900 + i) + 24 * random();
        if (!gap) values.push([s, value.toFixed(4)]);
      }
      return { metric, values };
    });
    return [200, success({ resultType: "matrix", result }, p.get("query").includes("rate") ? { infos: ['PromQL info: metric might not be a counter, name does not end in _total/_sum/_count/_bucket: "node_load1" (1:6)'] } : {})];
  },
  query(p) {
    const result = metrics(p.get("query")).map((metric, i) => ({ metric, value: [Number(p.get("time")), String((i * 7919) % 13 / 4)] }));
    return [200, success({ resultType: "vector", result })];
  },
  labels: () => [200, success(["__name__", "device", "instance", "job", "server"])],
  metadata: () => [200, success({ node_load1: [{ type: "gauge", help: "1m load average.", unit: "" }], up: [{ type: "gauge", help: "1 if the last scrape worked.", unit: "" }] })],
  series: () => [200, success([])],
  "label/__name__/values": () => [200, success(["node_cpu_seconds_total", "node_load1", "node_load5", "node_filesystem_avail_bytes", "mysql_up", "redis_up", "up"])],
};

const MATCH = { "=": (a, b) => a === b, "!=": (a, b) => a !== b, "=~": (a, b) => new RegExp(`^(?:${b})$`).test(a), "!~": (a, b) => !new RegExp(`^(?:${b})$`).test(a) };

const alertmanager = {
  alerts(p) {
    const filters = p.getAll("filter").map((f) => /^"?([^="!~]+)"?(=~|!~|!=|=)"(.*)"$/.exec(f));
    return [200, ALERTS.filter((a) => filters.every(([, n, op, v]) => MATCH[op](a.labels[n] ?? "", v.replaceAll("\\\\", "\\"))))];
  },
  silences: () => [200, { silenceID: "new-1" }],
  silence: (_, id) =>
    id.startsWith("a7")
      ? [200, { id, matchers: [{ name: "alertname", value: "MySQLReplicationLag", isRegex: false, isEqual: true }, { name: "instance", value: "10\\.0\\.0\\.[23]:9104", isRegex: true, isEqual: true }], startsAt: "2026-09-21T13:13:20.000Z", endsAt: "2026-09-21T15:43:20.000Z", createdBy: "li.wei", comment: "Rebuilding the replica", status: { state: "active" } }]
      : [404, `silence ${id} not found`],
};

function answer(path, parameters) {
  const v1 = /^api\/v1\/(.+)$/.exec(path)?.[1];
  if (v1) return (prometheus[v1] ?? (() => [200, success([])]))(parameters);
  const [, name, id] = /^api\/v2\/(\w+)(?:\/(.+))?$/.exec(path) ?? [];
  return name in alertmanager ? alertmanager[name](parameters, id) : [404, "no such thing"];
}

function page(state, path, search, language) {
  const view = path === "alerts" && search.get("view") === "groups" ? "-groups" : path === "alerts" && search.get("state") === "firing" ? "-firing" : path === "silences" && search.get("state") === "expired" ? "-expired" : "";
  const name = (path || "overview").replaceAll("/", "-") + view;
  for (const file of [name, name === "silences-new" ? "silence-form" : name, "error"]) {
    for (const s of [state, "quorum"]) {
      const found = join(target, "preview", language, s, `${file}.html`);
      if (existsSync(found)) return [file === "error" ? 404 : 200, readFileSync(found, "utf8")];
    }
  }
  return [404, "run the tests first: mvn -pl dashboards -am test"];
}

const manifest = () => Object.fromEntries(readFileSync(join(assets, "manifest.properties"), "utf8").split("\n").filter((l) => l.includes("=")).map((l) => l.split("=")));

const server = createServer(async (request, response) => {
  const url = new URL(request.url, "http://localhost");
  const [, state, path = ""] = /^\/([\w-]+)\/(.*)$/.exec(url.pathname) ?? [];
  const send = (status, type, body, more = {}) => response.writeHead(status, { "Content-Type": type, ...more }).end(body);
  if (!state) return send(302, "text/plain", "", { Location: "/quorum/" });
  let body = "";
  for await (const chunk of request) body += chunk;
  if (path.startsWith("api/")) {
    const [status, value] = answer(path, body.startsWith("{") ? url.searchParams : new URLSearchParams(body || url.search));
    return send(status, "application/json", JSON.stringify(value));
  }
  if (path.startsWith("assets/")) {
    const plain = path.slice(7).replace(/-[A-Za-z0-9]{10}(?=\.\w+$)/, "");
    const file = manifest()[plain];
    return file ? send(200, TYPES[file.split(".").pop()], readFileSync(join(assets, file))) : send(404, "text/plain", "no");
  }
  const cookies = Object.fromEntries((request.headers.cookie ?? "").split(/; */).map((c) => c.split("=")));
  const [status, text] = page(state, path, url.searchParams, url.searchParams.get("lang") ?? cookies.trivigil_lang ?? "en");
  const theme = cookies.trivigil_theme ?? "auto";
  send(status, "text/html; charset=utf-8", text.replace('data-theme="auto"', `data-theme="${theme}"`), { "Content-Security-Policy": POLICY });
});

const port = Number(process.argv[2] ?? 9080);
server.listen(port, "127.0.0.1", () => console.log(`http://127.0.0.1:${port}/quorum/`));
