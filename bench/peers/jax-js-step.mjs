/**
 * jax-js behind the line protocol of _protocol.mjs, on its WebAssembly backend.
 *
 *   node jax-js-step.mjs
 *
 * It has WebGPU kernels too, but Node has no WebGPU of its own, and its worker threads want the
 * browser's `Worker`: in Node it runs on one thread.
 */
import { useJax } from "./_jax-js.mjs";
import { build, names } from "./_jax-js-steps.mjs";
import { load, serve, version } from "./_protocol.mjs";

const jax = load("@jax-js/jax");
await jax.init("wasm");
jax.defaultDevice("wasm");
useJax(jax);

await serve({ info: { jaxJs: version("@jax-js/jax"), backend: "wasm" }, names, build });
