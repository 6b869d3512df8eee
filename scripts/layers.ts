/**
 * Fails when a room of `src` imports against the arrows of docs/architecture.md, when modules need
 * each other before they run, when a file or a function is too long, when anything but an adapter
 * imports onnxruntime, or when what runs in a browser leads to a module of Node: `npm run layers`.
 */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { cyclesOf } from "./cycles.ts";
import { neededBy, reachedFrom } from "./imports.ts";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");

/** Room → rooms that it may import, itself aside. */
const arrows: Record<string, readonly string[]> = {
  core: [],
  engine: ["core"],
  data: ["core"],
  nn: ["core", "engine"],
  gan: ["core", "engine", "nn", "data"],
  metrics: ["core", "engine", "nn", "data"],
  train: ["core", "engine", "nn", "gan", "data"],
  zoo: ["core", "engine", "nn", "gan", "metrics", "data"],
  page: ["core", "data", "train"],
  app: ["core", "engine", "nn", "gan", "metrics", "data", "train", "zoo", "page"],
  web: ["core", "engine", "nn", "gan", "metrics", "data", "train", "zoo", "page", "app"],
  studio: ["core", "engine", "nn", "gan", "metrics", "data", "train", "zoo", "app"],
  cli: ["core", "engine", "nn", "gan", "metrics", "data", "train", "zoo", "app", "studio"],
};

const longestFile = 300;
const longestFunction = 40;
const adapters = /^src\/engine\/run\//;
/** Derivatives of operators are operators: a sum's repeats, a repeat's sums. They are so only once all are there. */
const mayNeedEachOther = /^src\/engine\/ops\//;

const faults: string[] = [];
const filesUnder = (folder: string): string[] =>
  readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((f) => f.endsWith(".ts"))
    .map((f) => `${folder}/${f.replaceAll("\\", "/")}`);

/** The studio's components, whose lines are counted; what is in them is svelte-check's. */
const components = readdirSync(join(root, "studio/src"), { recursive: true, encoding: "utf8" })
  .filter((f) => f.endsWith(".svelte"))
  .map((f) => `studio/src/${f.replaceAll("\\", "/")}`);

function checkImports(file: string, source: ts.SourceFile): void {
  const room = file.split("/")[1]!;
  ts.forEachChild(source, (node) => {
    if (!ts.isImportDeclaration(node) && !ts.isExportDeclaration(node)) return;
    if (!node.moduleSpecifier || !ts.isStringLiteral(node.moduleSpecifier)) return;
    const target = node.moduleSpecifier.text;
    if (target.startsWith("onnxruntime") && !adapters.test(file)) {
      faults.push(`${file} imports ${target}: only src/engine/run may`);
    }
    if (!target.startsWith(".")) return;
    const path = relative(root, join(root, dirname(file), target));
    const [top, other] = path.split("/");
    if (top !== "src" || other === room || !(room in arrows) || !other || !(other in arrows))
      return;
    if (!arrows[room]!.includes(other))
      faults.push(`${file} imports ${path}: ${room} may not use ${other}`);
  });
}

function checkLength(file: string, lines: number): void {
  if (lines > longestFile) faults.push(`${file} has ${lines} lines, more than ${longestFile}`);
}

function checkSizes(file: string, source: ts.SourceFile): void {
  checkLength(file, source.getLineStarts().length);
  const visit = (node: ts.Node): void => {
    if (ts.isFunctionLike(node) && "body" in node && node.body) {
      const start = source.getLineAndCharacterOfPosition(node.getStart(source)).line;
      const end = source.getLineAndCharacterOfPosition(node.end).line;
      if (end - start + 1 > longestFunction) {
        faults.push(`${file}:${start + 1} is a function of ${end - start + 1} lines`);
      }
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
}

/** A page has no modules of Node, nor packages that need them. */
function checkBrowser(): void {
  const files = filesUnder("src/web").filter((f) => !f.endsWith(".test.ts"));
  for (const [target, from] of reachedFrom(root, files)) {
    if (/^node:|^onnxruntime-node$|^sharp$/.test(target)) {
      faults.push(`${from} imports ${target}, and src/web leads there: browsers have none`);
    }
  }
}

/** Modules that need each other run in an order that nothing says. */
function checkCycles(): void {
  for (const cycle of cyclesOf(needs)) {
    if (!cycle.every((file) => mayNeedEachOther.test(file)))
      faults.push(`${cycle.join(", ")} import each other: take out what both need`);
  }
}

const needs = new Map<string, string[]>();
checkBrowser();
for (const file of [
  ...filesUnder("src"),
  ...filesUnder("scripts"),
  ...filesUnder("bench"),
  ...filesUnder("studio/src"),
]) {
  const text = readFileSync(join(root, file), "utf8");
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const isTest = file.endsWith(".test.ts");
  const near = neededBy(source).filter((target) => target.startsWith("."));
  needs.set(
    file,
    near.map((target) => join(dirname(file), target)),
  );
  if (file.startsWith("src/") && !isTest) checkImports(file, source);
  if (!isTest && !text.startsWith("// Generated")) checkSizes(file, source);
}
checkCycles();
for (const file of components) {
  checkLength(file, readFileSync(join(root, file), "utf8").split("\n").length);
}
for (const fault of faults) console.error(fault);
console.log(`${faults.length === 0 ? "rooms and sizes are in order" : `${faults.length} faults`}`);
process.exit(faults.length === 0 ? 0 : 1);
