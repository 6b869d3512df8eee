/**
 * The line protocol of the peers written in JavaScript, the same as torch_step.py's: `dcgan32 5`
 * in, one JSON line out. README.md describes it.
 */
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { stdin } from "node:process";
import { createInterface } from "node:readline";

const folder = resolve(process.env.GANYMEDE_PEERS_JS ?? ".peers/js");

/**
 * Loads a peer library from the folder where README.md had it installed, outside this project.
 * `require` because, unlike `import`, it can be told where to start looking.
 */
export const load = createRequire(join(folder, "package.json"));

/** The version that is really installed; by path, since a package need not export its manifest. */
export const version = (name) => load(join(folder, "node_modules", name, "package.json")).version;

/** The value of `--name`, or `otherwise`. */
export function option(name, otherwise) {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? otherwise : process.argv[at + 1];
}

/**
 * Serves the protocol. A step must be over when its promise resolves, and resolve to its loss,
 * which must be finite: a step that diverged is worth no comparison.
 *
 * @param info makes the object printed for `--info`
 * @param batch samples per step, told in each answer
 * @param builders by step name, functions that build the networks and return the step
 */
export async function serve(info, batch, builders) {
  if (process.argv.includes("--info")) {
    console.log(JSON.stringify(await info()));
    return;
  }
  const warm = new Map();
  for await (const line of createInterface({ input: stdin })) {
    const [name, steps] = line.trim().split(/\s+/);
    console.log(JSON.stringify(await answer(name, Number(steps))));
  }

  async function answer(name, steps) {
    if (!builders[name] || !Number.isInteger(steps)) return { cannot: "unknown request" };
    try {
      if (!warm.has(name)) {
        warm.set(name, builders[name]());
        await timed(warm.get(name));
      }
      const ms = [];
      for (let i = 0; i < steps; i++) ms.push(await timed(warm.get(name)));
      return { ms, batch };
    } catch (error) {
      return { cannot: String(error.message ?? error), batch };
    }
  }
}

async function timed(step) {
  const start = performance.now();
  const loss = await step();
  const ms = performance.now() - start;
  if (!Number.isFinite(loss)) throw new Error(`the loss is ${loss}`);
  return Math.round(ms * 1000) / 1000;
}
