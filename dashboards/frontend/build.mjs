// Bundles src/ into a directory of files named by their content, with a manifest beside them.
// usage: node build.mjs OUT_DIR TEXTS_DIR
import { build } from "esbuild";
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";

const [out, texts] = process.argv.slice(2);
if (!out || !texts) {
  console.error("usage: node build.mjs OUT_DIR TEXTS_DIR");
  process.exit(2);
}

// import texts from "texts:en" gives the js.* keys of en.properties without their prefix.
const textsPlugin = {
  name: "texts",
  setup(b) {
    b.onResolve({ filter: /^texts:/ }, (a) => ({ path: a.path.slice(6), namespace: "texts" }));
    b.onLoad({ filter: /.*/, namespace: "texts" }, ({ path }) => ({
      loader: "json",
      contents: JSON.stringify(browserTexts(readFileSync(join(texts, path + ".properties"), "utf8"))),
    }));
  },
};

function browserTexts(properties) {
  const found = {};
  for (const line of properties.split("\n")) {
    const match = /^js\.([^=]+)=(.*)$/.exec(line);
    if (match) found[match[1]] = match[2];
  }
  return found;
}

const result = await build({
  entryPoints: ["src/app.js", "src/query.js", "src/app.css", "src/query.css"],
  bundle: true,
  minify: true,
  format: "esm",
  target: ["es2022", "safari16"],
  legalComments: "none",
  write: false,
  metafile: true,
  outdir: "out",
  plugins: [textsPlugin],
  logLevel: "warning",
});

const files = new Map(result.outputFiles.map((f) => [basename(f.path), Buffer.from(f.contents)]));
for (const name of ["icons.svg", "favicon.svg"]) files.set(name, readFileSync(join("src", name)));

files.set("licenses.txt", Buffer.from(licenses(Object.keys(result.metafile.inputs))));

// What the bundle is made of, each with its licence, as those licences ask.
function licenses(inputs) {
  const packages = new Set(inputs.map((i) => /^node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(i)?.[1]).filter(Boolean));
  return [...packages].sort().map((name) => {
    const dir = join("node_modules", name);
    const { version, license } = JSON.parse(readFileSync(join(dir, "package.json"), "utf8"));
    const file = readdirSync(dir).find((f) => /^licen[cs]e/i.test(f));
    return `${name} ${version}: ${license}\n\n${file ? readFileSync(join(dir, file), "utf8").trim() : ""}\n`;
  }).join("\n" + "-".repeat(78) + "\n\n");
}

rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });
const manifest = ["# plain name = name with the content's hash"];
for (const [name, bytes] of [...files].sort(([a], [b]) => (a < b ? -1 : 1))) {
  const hash = createHash("sha256").update(bytes).digest("base64url").replace(/[-_]/g, "").slice(0, 10);
  const dot = name.lastIndexOf(".");
  const hashed = `${name.slice(0, dot)}-${hash}${name.slice(dot)}`;
  writeFileSync(join(out, hashed), bytes);
  manifest.push(`${name}=${hashed}`);
}
writeFileSync(join(out, "manifest.properties"), manifest.join("\n") + "\n");
