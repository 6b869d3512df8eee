import { defineConfig } from "vite";

// These two give the page threads. Your own server must send them too.
const headers = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
};

export default defineConfig({
  base: "./",
  server: { headers },
  preview: { headers },
  // The worker loads each system when it is asked for.
  worker: { format: "es" },
  build: { target: "es2022" },
  // Packing them into one file each would part them from their worker and WebAssembly files.
  optimizeDeps: { exclude: ["ganymede", "onnxruntime-web"] },
});
