/**
 * What it takes to begin: packages installed for use, how large they are, how soon the first step is done:
 * `npx tsx bench/install.ts`.
 *
 * Ours is the built project and `npm ci --omit=dev`, asked for one step of dcgan on MNIST. The JavaScript
 * peers are `npm ci` of what each needs of bench/peers/package.json, asked for one step of mlp-grid25, which
 * all of them can run. PyTorch is the packages of Debian that apt installs; its time is not measured. npm
 * takes from its cache what is there, so that times have little of the network in them. Writes
 * bench/results/install.json. What pages download is measured by bench/browser.ts.
 */
import { execFileSync, spawn } from "node:child_process";
import {
  copyFileSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Peer } from "./_peer.ts";
import { pytorchFolder } from "./_peers.ts";
import { circumstances, writeResults } from "./_results.ts";
import { steps } from "./_steps.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const fetching = ["--prefer-offline", "--ignore-scripts", "--no-audit", "--no-fund"];

export interface InstallRow {
  readonly who: string;
  readonly packages: number;
  readonly mib: number;
  readonly installSeconds?: number;
  /** From the start of the program to the end of its first step. */
  readonly firstStepSeconds?: number;
  readonly step?: string;
}

export interface InstallRecord {
  readonly date: string;
  readonly rows: readonly InstallRow[];
}

/** Bytes of files in a folder, links not followed. */
function bytesIn(folder: string): number {
  let total = 0;
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    const stat = lstatSync(path);
    total += stat.isDirectory() ? bytesIn(path) : stat.size;
  }
  return total;
}

const seconds = (since: number): number => (performance.now() - since) / 1000;

/** Packages of a package-lock that npm wrote, the folder itself aside. */
function packagesIn(folder: string): number {
  const text = execFileSync("npm", ["ls", "--all", "--parseable", "--omit=dev"], {
    cwd: folder,
    encoding: "utf8",
  });
  return text.trim().split("\n").length - 1;
}

function npm(folder: string, ...args: string[]): number {
  const began = performance.now();
  execFileSync("npm", [...args, ...fetching], {
    cwd: folder,
    stdio: ["ignore", "ignore", "inherit"],
  });
  return seconds(began);
}

/** Starts a training and waits for the event of its first step. */
function firstStep(folder: string): Promise<number> {
  const began = performance.now();
  const flags = ["--steps", "1", "--chunk", "1", "--json", "--out", join(folder, "runs")];
  const args = ["dist/cli/main.js", "train", "dcgan", "--data", "mnist", ...flags];
  const stdio: ["ignore", "pipe", "inherit"] = ["ignore", "pipe", "inherit"];
  const child = spawn(process.execPath, args, { cwd: folder, stdio });
  return new Promise((resolve, reject) => {
    let done: number | undefined;
    child.stdout.on("data", (text: Buffer) => {
      if (text.includes('"step":1')) done ??= seconds(began);
    });
    child.on("exit", (code) => {
      if (done !== undefined) resolve(done);
      else reject(new Error(`training ended with code ${code}`));
    });
  });
}

async function ours(work: string): Promise<InstallRow> {
  execFileSync("npm", ["run", "-s", "build"], { cwd: root, stdio: "inherit" });
  const folder = join(work, "ours");
  for (const name of ["package.json", "package-lock.json", ".npmrc", "dist", "data"]) {
    cpSync(join(root, name), join(folder, name), { recursive: true });
  }
  const installSeconds = npm(folder, "ci", "--omit=dev");
  const mib = bytesIn(join(folder, "node_modules")) / 2 ** 20;
  const firstStepSeconds = await firstStep(folder);
  const step = "dcgan on MNIST, batch 64";
  return {
    who: "Ganymede",
    packages: packagesIn(folder),
    mib,
    installSeconds,
    firstStepSeconds,
    step,
  };
}

const programs = {
  "TensorFlow.js, wasm": {
    packages: ["@tensorflow/tfjs", "@tensorflow/tfjs-backend-wasm"],
    args: ["tfjs-step.mjs", "--backend", "wasm"],
  },
  "jax-js, wasm": { packages: ["@jax-js/jax"], args: ["jax-js-step.mjs"] },
} as const;

async function peer(work: string, who: keyof typeof programs): Promise<InstallRow> {
  const { packages, args } = programs[who];
  const folder = join(work, who.replace(/\W+/g, "-"));
  mkdirSync(folder);
  for (const file of ["package.json", "package-lock.json"]) {
    copyFileSync(join(root, "bench/peers", file), join(folder, file));
  }
  // What the other peer alone needs goes before the clock starts.
  const all = Object.values(programs).flatMap((p) => p.packages);
  const others = [...all, "@tensorflow/tfjs-backend-webgpu"].filter(
    (name) => !(packages as readonly string[]).includes(name),
  );
  execFileSync("npm", ["uninstall", "--package-lock-only", ...others, ...fetching], {
    cwd: folder,
  });
  const installSeconds = npm(folder, "ci");
  const mib = bytesIn(join(folder, "node_modules")) / 2 ** 20;
  const [program, ...rest] = args;
  const command = [process.execPath, join(root, "bench/peers", program), ...rest];
  const began = performance.now();
  const process_ = new Peer(who, command, { slow: true, env: { GANYMEDE_PEERS_JS: folder } });
  const size = steps["mlp-grid25"]!.standard;
  await process_.time({ step: "mlp-grid25", count: 0, size });
  const firstStepSeconds = seconds(began);
  await process_.end();
  const step = "mlp-grid25, batch 128";
  return { who, packages: packagesIn(folder), mib, installSeconds, firstStepSeconds, step };
}

const debian = ["python3-torch", "libopenblas0-openmp"];

/** Debian's packages of PyTorch and all that it depends on, as dpkg has them. */
function pytorch(): InstallRow[] {
  if (!existsSync(`${pytorchFolder}/usr/bin/python3`)) return [];
  const depends = execFileSync(
    "chroot",
    [pytorchFolder, "apt-cache", "depends", "--recurse", "--installed", "--important", ...debian],
    { encoding: "utf8" },
  );
  const names = new Set(depends.split("\n").filter((line) => /^[a-z0-9]/.test(line)));
  const status = readFileSync(join(pytorchFolder, "var/lib/dpkg/status"), "utf8");
  const field = (paragraph: string, name: string) =>
    new RegExp(`^${name}: (.*)$`, "m").exec(paragraph)?.[1] ?? "";
  const kib = status
    .split("\n\n")
    .filter((paragraph) => names.has(field(paragraph, "Package")))
    .map((paragraph) => Number(field(paragraph, "Installed-Size")));
  const mib = kib.reduce((a, b) => a + b, 0) / 1024;
  return [{ who: "PyTorch (Debian)", packages: kib.length, mib }];
}

const work = mkdtempSync(join(tmpdir(), "ganymede-install-"));
try {
  const rows = [
    await ours(work),
    await peer(work, "TensorFlow.js, wasm"),
    await peer(work, "jax-js, wasm"),
    ...pytorch(),
  ];
  for (const row of rows) console.log(JSON.stringify(row));
  writeResults("install", { ...circumstances(), rows });
} finally {
  rmSync(work, { recursive: true, force: true });
}
