/**
 * TensorFlow.js behind the line protocol of _protocol.mjs.
 *
 *   node tfjs-step.mjs --backend cpu|wasm
 *
 * Backends that install from the registry alone and run in Node: `cpu`, plain JavaScript, and
 * `wasm`, on one thread in Node. The native one downloads its library in an install script.
 */
import { load, option, serve, version } from "./_protocol.mjs";
import { useTf } from "./_tfjs.mjs";
import { build, names } from "./_tfjs-steps.mjs";

const tf = load("@tensorflow/tfjs");
const backend = option("backend", "cpu");
if (backend === "wasm") load("@tensorflow/tfjs-backend-wasm");
await tf.setBackend(backend);
useTf(tf);

await serve({ info: { tfjs: version("@tensorflow/tfjs"), backend }, names, build });
