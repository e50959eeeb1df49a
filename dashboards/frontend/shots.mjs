// Takes a picture of each page in headless Chromium and checks it with axe.
// usage: node shots.mjs OUT_DIR [FILTER] [--axe]     (starts preview.mjs itself)
// A page that logs an error, breaks the content security policy or scrolls sideways fails the run.
import { spawn } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { chromium } from "playwright-core";

const [out = "shots", filter = ""] = process.argv.slice(2).filter((a) => !a.startsWith("--"));
const withAxe = process.argv.includes("--axe");
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const port = 9081;
const expr = encodeURIComponent('rate(node_network_receive_bytes_total{device!="lo"}[5m])');

const PAGES = {
  overview: "", overview_failopen: "/fail-open/", overview_empty: "/empty/",
  alerts: "alerts", alerts_groups: "alerts?view=groups", silences: "silences", silences_expired: "silences?state=expired",
  silence_new: `silences/new?filter=${encodeURIComponent('{severity="warning", instance=~"10.*"}')}`, silence_edit: "silences/new?id=a7b35f0e-1111",
  targets: "targets", rules: "rules", status: "status", missing: "nowhere",
  query: `query?g0.expr=${expr}&g0.tab=0&g1.expr=up&g1.tab=1`, query_empty: "query", query_bad: "query?g0.expr=up%20bad&g0.tab=0",
  query_stacked: `query?g0.expr=node_load1&g0.tab=0&g0.display_mode=stacked&g0.range_input=6h`,
};
const VIEWS = {
  wide_dark_en: { width: 1440, height: 900, scheme: "dark", lang: "en" },
  wide_light_zh: { width: 1440, height: 900, scheme: "light", lang: "zh" },
  phone_dark_zh: { width: 390, height: 844, scheme: "dark", lang: "zh", phone: true },
  phone_light_en: { width: 390, height: 844, scheme: "light", lang: "en", phone: true },
  half_dark_en: { width: 900, height: 800, scheme: "dark", lang: "en" },
};

mkdirSync(out, { recursive: true });
const preview = spawn(process.execPath, ["preview.mjs", String(port)], { cwd: new URL(".", import.meta.url).pathname, stdio: ["ignore", "pipe", "inherit"] });
await new Promise((resolve) => preview.stdout.once("data", resolve));
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});
let failures = 0;
const complain = (name, what) => (failures++, console.log(`${name}: ${what}`));

try {
  for (const [view, v] of Object.entries(VIEWS)) {
    const context = await browser.newContext({ viewport: { width: v.width, height: v.height }, colorScheme: v.scheme, deviceScaleFactor: v.phone ? 2 : 1, hasTouch: Boolean(v.phone), isMobile: Boolean(v.phone), bypassCSP: false });
    await context.addCookies([{ name: "trivigil_lang", value: v.lang, domain: "127.0.0.1", path: "/" }]);
    for (const [name, path] of Object.entries(PAGES)) {
      const id = `${name}-${view}`;
      if (!id.includes(filter)) continue;
      const page = await context.newPage();
      page.on("console", (m) => m.type() === "error" && !(/status of 4/.test(m.text())) && complain(id, m.text()));
      page.on("pageerror", (e) => complain(id, e.stack));
      await page.goto(`http://127.0.0.1:${port}${path.startsWith("/") ? path : "/quorum/" + path}`, { waitUntil: "networkidle" });
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      if (wide > 0) complain(id, `scrolls sideways by ${wide} px`);
      if (name === "query" && !v.phone) {
        const box = await page.locator(".u-over").first().boundingBox();
        if (box) await page.mouse.move(box.x + box.width * 0.6, box.y + box.height * 0.4);
      }
      if (withAxe) {
        await page.evaluate(axe);
        const found = await page.evaluate(() => axe.run(document, { resultTypes: ["violations"] }));
        for (const x of found.violations) complain(id, `${x.id}: ${x.help}: ${x.nodes.slice(0, 3).map((n) => n.target.join(" ") + " " + (n.any[0]?.message ?? "")).join(" | ")}`);
      }
      await page.screenshot({ path: join(out, `${id}.png`), fullPage: true });
      await page.close();
    }
    await context.close();
  }
} finally {
  await browser.close();
  preview.kill();
}
console.log(failures ? `${failures} complaints` : "all fine");
process.exitCode = failures ? 1 : 0;
