/**
 * TensorFlow.js in a page: `?backend=wasm|webgl|webgpu&threads=2`. See `_host.mjs`.
 *
 * By script tags, as its documentation has it: its threads start from the text of one of its functions,
 * which a bundler changes, so that a bundle waits for ever.
 */
import { useTf } from "../peers/_tfjs.mjs";
import { build, names } from "../peers/_tfjs-steps.mjs";
import { host } from "./_host.mjs";

const packages = "/packages/@tensorflow";
const scripts = {
  wasm: `${packages}/tfjs-backend-wasm/dist/tf-backend-wasm.min.js`,
  webgpu: `${packages}/tfjs-backend-webgpu/dist/tf-backend-webgpu.min.js`,
};

function load(address) {
  const script = Object.assign(document.createElement("script"), { src: address });
  return new Promise((done, fail) => {
    script.onload = done;
    script.onerror = () => fail(new Error(`${address} does not load`));
    document.head.append(script);
  });
}

host(async ({ backend, threads }) => {
  await load(`${packages}/tfjs/dist/tf.min.js`);
  if (scripts[backend]) await load(scripts[backend]);
  const { tf } = globalThis;
  if (backend === "wasm") {
    tf.wasm.setWasmPaths(`${packages}/tfjs-backend-wasm/dist/`);
    tf.wasm.setThreadsCount(threads);
  }
  if (!(await tf.setBackend(backend))) throw new Error(`the backend ${backend} does not start`);
  await tf.ready();
  useTf(tf);
  return { names, build };
});
