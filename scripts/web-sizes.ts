/**
 * What a browser downloads to train, as the table of docs/guide/browser.md:
 * `npx tsx scripts/web-sizes.ts` writes it there. The tests compare all but the last column.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { bundleForPages } from "./web-bundle.ts";

export const sizesPage = fileURLToPath(new URL("../docs/guide/browser.md", import.meta.url));

const devices = {
  WebAssembly: { script: "ort.wasm", wasm: "" },
  "WebGPU, where WebAssembly can wait (JSPI)": { script: "ort.jspi", wasm: ".jspi" },
  "WebGPU elsewhere": { script: "ort.webgpu", wasm: ".asyncify" },
};

export interface DownloadSize {
  readonly device: string;
  /** Bytes of Ganymede and of the runtime's own script, raw and by gzip. */
  readonly scripts: readonly [number, number];
  /** Bytes of the WebAssembly file, raw and by gzip. */
  readonly wasm: readonly [number, number];
  readonly wasmFile: string;
}

/** Of a folder that `bundleForPages` filled. Parts of single systems, a few kB each, are left out. */
export function downloadSizes(folder: string): DownloadSize[] {
  const parts = readdirSync(join(folder, "worker"));
  return Object.entries(devices).map(([device, { script, wasm }]) => {
    const runtime = parts.find((file) => file.startsWith(`${script}.`))!;
    const scripts = ["ganymede.js", "worker.js", `worker/${runtime}`].map((file) =>
      sizeOf(join(folder, file)),
    );
    const wasmFile = join(folder, `worker/ort-wasm-simd-threaded${wasm}.wasm`);
    const sum = (i: 0 | 1) => scripts.reduce((total, size) => total + size[i], 0);
    return { device, scripts: [sum(0), sum(1)], wasm: sizeOf(wasmFile), wasmFile };
  });
}

function sizeOf(file: string): [number, number] {
  const bytes = readFileSync(file);
  return [bytes.length, gzipSync(bytes).length];
}

const kB = (bytes: number): string => `${Math.round(bytes / 1000)} kB`;
export const MB = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;

/** A row of the table up to its last column. */
export const rowOf = ({ device, scripts, wasm }: DownloadSize): string =>
  `| ${[device, ...scripts.map(kB), ...wasm.map(MB)].join(" | ")} |`;

function brotli(file: string): number {
  const params = {
    [constants.BROTLI_PARAM_QUALITY]: 9,
    [constants.BROTLI_PARAM_LGWIN]: 24,
  };
  return brotliCompressSync(readFileSync(file), { params }).length;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const folder = mkdtempSync(join(tmpdir(), "ganymede-sizes-"));
  await bundleForPages(folder);
  const rows = downloadSizes(folder).map((size) => `${rowOf(size)} ${MB(brotli(size.wasmFile))} |`);
  const page = readFileSync(sizesPage, "utf8");
  const table = /(\| device [^\n]*\n\| -[^\n]*\n)(\|[^\n]*\n)*/;
  writeFileSync(
    sizesPage,
    page.replace(table, (_, head: string) => `${head}${rows.join("\n")}\n`),
  );
  rmSync(folder, { recursive: true });
}
