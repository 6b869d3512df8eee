/**
 * The line protocol of the peers written in JavaScript, the same as torch_step.py's, in Node.
 * README.md describes it.
 */
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { stdin } from "node:process";
import { createInterface } from "node:readline";
import { answering } from "./_answer.mjs";

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

/** Prints `info` for `--info`, else answers the lines of stdin. `names` and `build`: see `answering`. */
export async function serve({ info, names, build }) {
  if (process.argv.includes("--info")) {
    console.log(JSON.stringify(info));
    return;
  }
  const answer = answering({ names, build });
  for await (const line of createInterface({ input: stdin })) {
    console.log(JSON.stringify(await answer(line)));
  }
}
