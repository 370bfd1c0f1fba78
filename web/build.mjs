// `node build.mjs` builds dist/; `--check` says whether dist/ is what the source builds to, and whether it is small;
// `--tests` makes of the tests what node runs, in build/.
import { mkdir, readFile, readdir, writeFile } from "node:fs/promises";
import { basename } from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

const MOST_BYTES = 6_000; // gzipped
const SHARED = { bundle: true, target: "es2022", legalComments: "none", logLevel: "warning" };
const CLIENT = { ...SHARED, entryPoints: ["client/index.ts"], minify: true, write: false };

async function client() {
  const [module, script] = await Promise.all([
    build({ ...CLIENT, format: "esm", outfile: "dist/throughline.js" }),
    build({ ...CLIENT, format: "iife", globalName: "throughline", outfile: "dist/throughline.iife.js" }),
  ]);
  return [...module.outputFiles, ...script.outputFiles];
}

async function write() {
  await mkdir("dist", { recursive: true });
  for (const { path, contents } of await client()) await writeFile(path, contents);
}

async function check() {
  for (const { path, contents } of await client()) {
    const committed = await readFile(path).catch(() => Buffer.alloc(0));
    const bytes = gzipSync(contents, { level: 9 }).length;
    console.log(`${basename(path)}: ${bytes} bytes gzipped`);
    if (!committed.equals(contents)) throw `${path} is not what the source builds to: npm run build`;
    if (bytes > MOST_BYTES) throw `${path} has more than ${MOST_BYTES} bytes`;
  }
}

async function tests() {
  const files = await readdir("test", { recursive: true });
  const run = files.filter((file) => file.endsWith(".test.ts") || file.startsWith("stories/"));
  const entryPoints = run.map((file) => `test/${file}`);
  await build({ ...SHARED, entryPoints, outdir: "build", platform: "node", format: "esm", packages: "external" });
}

try {
  if (process.argv.includes("--check")) await check();
  else if (process.argv.includes("--tests")) await tests();
  else await write();
} catch (reason) {
  console.error(String(reason));
  process.exit(1);
}
