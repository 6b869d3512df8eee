import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Peer } from "./_peer.ts";

const here = fileURLToPath(new URL("./peers/", import.meta.url));

/** Where bench/peers/README.md has them installed. */
export const pytorchFolder = process.env.GANYMEDE_PEERS ?? ".peers/pytorch";
export const jsFolder = process.env.GANYMEDE_PEERS_JS ?? ".peers/js";

/** The peers that are installed; those that are not are named on the terminal and left out. */
export function startPeers(): Peer[] {
  return [...pytorch(), ...javascript()];
}

function pytorch(): Peer[] {
  if (!existsSync(`${pytorchFolder}/usr/bin/python3`)) {
    console.log(`PyTorch is not set up in ${pytorchFolder}: see bench/peers/README.md`);
    return [];
  }
  const command = [`${here}in-pytorch.sh`, pytorchFolder, "python3", "/mnt/torch_step.py"];
  const words = ["channels-last"];
  return [new Peer("PyTorch", command), new Peer("PyTorch, channels last", command, { words })];
}

function javascript(): Peer[] {
  if (!existsSync(`${jsFolder}/node_modules`)) {
    console.log(`TensorFlow.js and jax-js are not set up in ${jsFolder}`);
    return [];
  }
  const options = { slow: true, env: { GANYMEDE_PEERS_JS: jsFolder } };
  const tfjs = [process.execPath, `${here}tfjs-step.mjs`, "--backend"];
  return [
    new Peer("TensorFlow.js, cpu", [...tfjs, "cpu"], options),
    new Peer("TensorFlow.js, wasm", [...tfjs, "wasm"], options),
    new Peer("jax-js, wasm", [process.execPath, `${here}jax-js-step.mjs`], options),
  ];
}
