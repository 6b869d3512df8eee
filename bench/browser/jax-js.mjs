/** jax-js in a page: `?backend=wasm|webgpu`. Its wasm has as many workers as the machine has cores. */
import * as jax from "@jax-js/jax";
import { useJax } from "../peers/_jax-js.mjs";
import { build, names } from "../peers/_jax-js-steps.mjs";
import { host } from "./_host.mjs";

host(async ({ backend }) => {
  const devices = await jax.init(backend);
  if (!devices.includes(backend)) throw new Error(`the backend ${backend} does not start`);
  jax.defaultDevice(backend);
  useJax(jax);
  return { names, build };
});
