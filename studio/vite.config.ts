import { fileURLToPath } from "node:url";
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vite";

export default defineConfig({
  base: "./",
  plugins: [svelte()],
  worker: { format: "es" },
  build: {
    outDir: fileURLToPath(new URL("../dist/studio/page", import.meta.url)),
    emptyOutDir: true,
    target: "es2023",
    modulePreload: false,
    reportCompressedSize: false,
    // The runtime's WebAssembly is large, and loaded only by the playground.
    chunkSizeWarningLimit: 2000,
  },
});
