import { Worker, type WorkerOptions } from "node:worker_threads";

/**
 * Starts a module in a thread of its own. The build runs as it is; from sources, the thread has to load
 * tsx before it can read TypeScript.
 *
 * @param module its path from the importing file, without ending: "./train-worker"
 * @param from `import.meta.url` of the importing file
 */
export function startThread(module: string, from: string, options: WorkerOptions): Worker {
  if (!from.endsWith(".ts")) return new Worker(new URL(`${module}.js`, from), options);
  const tsx = import.meta.resolve("tsx/esm/api");
  const entry = new URL(`${module}.ts`, from);
  const boot = `import("${tsx}").then((tsx) => { tsx.register(); return import("${entry}"); });`;
  return new Worker(boot, { ...options, eval: true });
}
