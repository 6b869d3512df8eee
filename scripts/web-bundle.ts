/**
 * Writes `dist/web/standalone`: Ganymede for pages that are made without a bundler, `ganymede.js`
 * with its worker and the runtime's WebAssembly beside it. `npm run build` runs it.
 */
import { copyFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "vite";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");

/** Builds into `folder`, which is emptied. */
export async function bundleForPages(folder: string): Promise<void> {
  await build({
    root,
    configFile: false,
    logLevel: "error",
    base: "./",
    worker: {
      format: "es",
      rolldownOptions: {
        output: {
          entryFileNames: "worker.js",
          chunkFileNames: "worker/[name].js",
          assetFileNames: "worker/[name][extname]",
        },
      },
    },
    build: {
      outDir: folder,
      emptyOutDir: true,
      target: "es2023",
      modulePreload: false,
      reportCompressedSize: false,
      rolldownOptions: {
        input: join(root, "src/web/index.ts"),
        preserveEntrySignatures: "strict",
        // Names without a hash: a page names this one, and it names its worker.
        output: { entryFileNames: "ganymede.js", chunkFileNames: "[name].js" },
      },
    },
  });
  // Where the folder lies on another server than the page, the runtime loads its own loader anew.
  const runtime = dirname(fileURLToPath(import.meta.resolve("onnxruntime-web/wasm")));
  for (const kind of ["", ".jspi", ".asyncify"]) {
    const name = `ort-wasm-simd-threaded${kind}.mjs`;
    copyFileSync(join(runtime, name), join(folder, "worker", name));
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await bundleForPages(join(root, "dist/web/standalone"));
}
