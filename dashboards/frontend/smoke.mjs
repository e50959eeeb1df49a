// Uses the pages as a reader does, in headless Chromium against preview.mjs: filters, zooms,
// completes, silences, follows old addresses, loses the node.
// usage: node smoke.mjs
import { spawn } from "node:child_process";
import assert from "node:assert/strict";
import { chromium } from "playwright-core";

const port = 9082;
const at = (path) => `http://127.0.0.1:${port}/quorum/${path}`;
const start = async () => {
  const child = spawn(process.execPath, ["preview.mjs", String(port)], { cwd: new URL(".", import.meta.url).pathname, stdio: ["ignore", "pipe", "inherit"] });
  await new Promise((resolve) => child.stdout.once("data", resolve));
  return child;
};

let preview = await start();
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});
const context = await browser.newContext({ viewport: { width: 1200, height: 800 } });
const page = await context.newPage();
const errors = [];
page.on("console", (m) => m.type() === "error" && errors.push(m.text()));
page.on("pageerror", (e) => errors.push(e.stack));

const steps = {
  async "a state and words filter in place"() {
    await page.goto(at("alerts"));
    await page.click("text=Firing >> nth=0");
    await page.waitForURL(/state=firing/);
    await page.waitForFunction(() => document.querySelectorAll(".rule").length === 2);
    await page.fill("input[type=search]", "disk");
    await page.waitForURL((url) => url.searchParams.get("state") === "firing" && url.searchParams.get("q") === "disk");
  },
  async "a closed rule stays closed through a refresh"() {
    await page.goto(at("alerts"));
    await page.click(".rule >> nth=0 >> summary");
    await page.waitForResponse((r) => r.url().endsWith("/alerts"));
    await page.waitForTimeout(200);
    assert.equal(await page.locator(".rule").first().getAttribute("open"), null);
  },
  async "an expression completes, runs and stands in the address"() {
    await page.goto(at("query"));
    await page.locator(".cm-content").first().click();
    await page.keyboard.type("node_lo");
    await page.waitForSelector(".cm-tooltip-autocomplete li");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await page.waitForURL(/g0\.expr=node_load\d/);
    await page.waitForSelector(".u-over");
    assert.equal(await page.locator(".legend-row").count(), 6);
  },
  async "dragging zooms, double-click goes back, the browser's back does too"() {
    const before = page.url();
    const box = await page.locator(".u-over").boundingBox();
    await page.mouse.move(box.x + 200, box.y + 50);
    await page.mouse.down();
    await page.mouse.move(box.x + 400, box.y + 60, { steps: 4 });
    await page.mouse.up();
    await page.waitForURL(/g0\.end_input=/);
    await page.waitForFunction(() => !document.querySelector("[aria-busy]"));
    await page.locator(".u-over").dblclick();
    await page.waitForURL(before);
    await page.goBack();
    await page.waitForURL(/g0\.end_input=/);
  },
  async "a click on a name shows it alone"() {
    await page.goto(at("query?g0.expr=up&g0.tab=0"));
    await page.locator(".legend-row").nth(2).click();
    assert.equal(await page.locator(".legend-row[aria-pressed=true]").count(), 1);
    await page.locator(".legend-row").nth(2).click();
    assert.equal(await page.locator(".legend-row[aria-pressed=true]").count(), 6);
  },
  async "a link of Prometheus opens as a table"() {
    await page.goto(at("query?g0.expr=up%20%3D%3D%200&g0.tab=1"));
    await page.waitForSelector(".answer tbody tr");
  },
  async "a link of Alertmanager opens the form with its matchers"() {
    await page.goto(at(`#/silences/new?filter=${encodeURIComponent('{alertname="DiskSpaceLow", mountpoint=~"/var.*"}')}`));
    await page.waitForURL(/silences\/new\?filter=/);
    await page.waitForSelector(".matcher-row >> nth=1");
    await page.waitForFunction(() => document.querySelector("#preview-count").textContent === "1 of 3 alerts");
    await page.fill("#creator", "me");
    await page.fill("#comment", "why");
    const sent = page.waitForRequest((r) => r.method() === "POST" && r.url().endsWith("api/v2/silences"));
    await page.click("#save");
    const silence = (await sent).postDataJSON();
    assert.deepEqual(silence.matchers[1], { name: "mountpoint", value: "/var.*", isRegex: true, isEqual: true });
    assert.equal(Date.parse(silence.endsAt) - Date.parse(silence.startsAt), 7_200_000);
    await page.waitForURL(/silences$/);
  },
  async "an edit keeps the silence's id and times"() {
    await page.goto(at("silences/new?id=a7b35f0e-1111"));
    await page.waitForSelector(".matcher-row >> nth=1");
    const sent = page.waitForRequest((r) => r.method() === "POST" && r.url().endsWith("api/v2/silences"));
    await page.click("#save");
    const silence = (await sent).postDataJSON();
    assert.equal(silence.id, "a7b35f0e-1111");
    assert.equal(silence.startsAt, "2026-09-21T13:13:20.000Z");
    await page.waitForURL(/silences$/);
  },
  async "matchers that match everything are not sent"() {
    await page.goto(at("silences/new"));
    await page.fill(".matcher-row input >> nth=0", "instance");
    await page.selectOption(".matcher-row select", "=~");
    await page.fill(".matcher-row input >> nth=1", ".*");
    await page.fill("#creator", "me");
    await page.fill("#comment", "why");
    await page.click("#save");
    await page.waitForSelector("#form-error:not([hidden])");
  },
  async "expire asks first and then deletes"() {
    await page.goto(at("silences"));
    await page.click("[data-expire] >> nth=0");
    await page.waitForSelector("dialog[open] .matcher");
    const sent = page.waitForRequest((r) => r.method() === "DELETE");
    await page.click("#confirm-yes");
    assert.match((await sent).url(), /api\/v2\/silence\/a7b35f0e-1111$/);
    await page.waitForFunction(() => !document.querySelector("dialog").open);
  },
  async "theme and language are kept"() {
    await page.goto(at("targets"));
    await page.click("#theme");
    assert.equal(await page.getAttribute("html", "data-theme"), "light");
    await page.click("[data-lang]");
    await page.waitForSelector("html[lang=zh-Hans][data-theme=light]");
    await page.goto(at("rules"));
    await page.waitForSelector("html[lang=zh-Hans][data-theme=light]");
    await page.click("[data-lang]");
    await page.waitForSelector("html[lang=en]");
  },
  async "keys lead to pages and to the filter"() {
    await page.goto(at("targets"));
    await page.keyboard.press("g");
    await page.keyboard.press("r");
    await page.waitForURL(/rules$/);
    await page.keyboard.press("/");
    assert.equal(await page.evaluate(() => document.activeElement.name), "q");
  },
  async "a node that is gone is said, and its return as well"() {
    await page.goto(at("alerts"));
    preview.kill();
    await page.waitForSelector("#lost:not([hidden])", { timeout: 15_000 });
    preview = await start();
    await page.waitForSelector("#lost", { state: "hidden", timeout: 15_000 });
    errors.length = 0; // the browser logs refused connections
  },
};

let failed = 0;
try {
  for (const [name, step] of Object.entries(steps)) {
    errors.length = 0;
    try {
      await step();
      assert.deepEqual(errors, []);
      console.log(`ok    ${name}`);
    } catch (e) {
      failed++;
      console.log(`FAIL  ${name}\n      ${e.message.split("\n").slice(0, 6).join("\n      ")}`);
    }
  }
} finally {
  await browser.close();
  preview.kill();
}
process.exitCode = failed ? 1 : 0;
