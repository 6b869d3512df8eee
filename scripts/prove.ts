/**
 * Runs proofs: `npm run prove -- <id>… | --all [--again] [--smoke] [--threads n] [--jobs n]`.
 *
 * `--all` goes on where it stopped: it skips proofs that have a result, unless told `--again`. Each
 * proof computes on one thread, so that its figures do not depend on the cores; `--jobs` runs as many
 * at once, each in a process of its own.
 * `--smoke` walks the same code at tiny sizes in seconds and writes nothing. Exits 1 after a miss.
 */
import { spawn } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { type Proof, resultFile, runProof, table, writeResult } from "../proofs/_proof.ts";
import { GanymedeError, nearest } from "../src/core/errors.ts";

const folder = new URL("../proofs/", import.meta.url);
const known = readdirSync(fileURLToPath(folder))
  .filter((f) => /^[^_].*\.ts$/.test(f) && !f.endsWith(".test.ts"))
  .map((f) => f.slice(0, -3));

const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    all: { type: "boolean", default: false },
    again: { type: "boolean", default: false },
    smoke: { type: "boolean", default: false },
    threads: { type: "string" },
    jobs: { type: "string", default: "1" },
  },
});

function chosen(): readonly string[] {
  if (!flags.all && positionals.length > 0) return positionals;
  if (flags.all)
    return known.filter((id) => flags.again || flags.smoke || !existsSync(resultFile(id)));
  throw new GanymedeError("PROOF", {
    where: "prove",
    expected: `the id of a proof (${known.join(", ")}) or --all`,
    got: "neither",
    fix: "npm run prove -- <id>",
  });
}

async function load(id: string): Promise<Proof> {
  if (!known.includes(id)) {
    const close = nearest(id, known);
    throw new GanymedeError("UNKNOWN_PROOF", {
      where: "prove",
      expected: `one of ${known.join(", ")}`,
      got: id,
      fix: close === undefined ? "choose one of those" : `did you mean ${close}?`,
    });
  }
  return ((await import(new URL(`${id}.ts`, folder).href)) as { proof: Proof }).proof;
}

/** True when the proof passed; in a smoke run, when it ran. */
async function prove(id: string): Promise<boolean> {
  const proof = await load(id);
  console.log(`${proof.id}: ${proof.claim}`);
  const say = (text: string) => console.log(`      ${text}`);
  const threads = flags.threads === undefined ? {} : { threads: Number(flags.threads) };
  const result = await runProof(proof, { smoke: flags.smoke, say, ...threads });
  console.log(table(result, flags.smoke));
  const verdict = flags.smoke ? "smoke run, no verdict" : result.verdict;
  const file = flags.smoke ? "" : `, ${writeResult(result)}`;
  console.log(`${verdict} in ${result.seconds} s${file}\n`);
  return flags.smoke || result.verdict === "pass";
}

function report(error: unknown): false {
  console.error(error instanceof GanymedeError ? error.message : error);
  return false;
}

/** The same in a process of its own. */
function proveApart(id: string): Promise<boolean> {
  const own = ["--smoke", "--threads"].flatMap((flag) => {
    const value = flags[flag.slice(2) as "smoke" | "threads"];
    return value === undefined || value === false ? [] : [flag, ...(value === true ? [] : [value])];
  });
  const script = fileURLToPath(import.meta.url);
  const child = spawn(process.execPath, [...process.execArgv, script, id, ...own], {
    stdio: "inherit",
  });
  return new Promise((resolve) => child.on("exit", (code) => resolve(code === 0)));
}

let passed = true;
try {
  const queue = [...chosen()];
  const jobs = Number(flags.jobs);
  const work = async () => {
    for (let id = queue.shift(); id !== undefined; id = queue.shift()) {
      // One that breaks must not keep the others from running.
      passed = (await (jobs > 1 ? proveApart(id) : prove(id).catch(report))) && passed;
    }
  };
  await Promise.all(Array.from({ length: Math.max(1, jobs) }, work));
} catch (error) {
  passed = report(error);
}
process.exit(passed ? 0 : 1);
