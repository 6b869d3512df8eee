import { expect, test } from "vitest";
import { grad } from "../../src/engine/autodiff/grad.ts";
import { input } from "../../src/engine/ir/leaves.ts";
import { sum, tanh } from "../../src/engine/ops/index.ts";
import { nodeCpu } from "../../src/engine/run/node-cpu.ts";
import * as nn from "../../src/nn/index.ts";
import type { Layer } from "../../src/nn/module.ts";
import { apply, noise } from "../layers.ts";
import { providerError } from "./op.ts";

const provider = await nodeCpu({ threads: 1 });
const weightTransform = nn.spectralNorm();

/** Layers on x [2,8,4,4]: what they return, write and differentiate to is the same in float32. */
test.each<[string, Layer]>([
  ["conv", nn.conv(4, { kernel: 3, pad: "same" })],
  ["spectral conv", nn.conv(4, { kernel: 3, stride: 2, pad: 1, weightTransform })],
  [
    "spectral convTranspose",
    nn.convTranspose(4, { kernel: 4, stride: 2, pad: 1, weightTransform }),
  ],
  ["linear", nn.sequential([nn.flatten, nn.linear(3)])],
  ["batchNorm", nn.batchNorm()],
  ["groupNorm", nn.groupNorm(2)],
  ["layerNorm", nn.layerNorm()],
  ["instanceNorm", nn.instanceNorm()],
  ["pixelNorm", nn.pixelNorm()],
  ["selfAttention", nn.selfAttention()],
  ["dropout", nn.dropout()],
  ["maxPool", nn.maxPool()],
  ["upsample", nn.upsample()],
  ["gelu", nn.gelu],
  ["residual", nn.residual(nn.conv(8, { kernel: 1 }), nn.silu)],
])("%s: ONNX Runtime agrees with the reference", async (_, layer) => {
  const x = input("x", [2, 8, 4, 4]);
  const { y, trace, feeds, parameters } = apply((scope) => layer(x, scope));
  const outputs = Object.fromEntries(
    [y, ...trace.written().values(), ...grad(sum(tanh(y)), [x, ...parameters])].map((t, i) => [
      `out${i}`,
      t,
    ]),
  );
  const traced = { outputs, feeds: { ...feeds, x: noise(x.shape) }, claims: [] };
  expect(await providerError(traced, provider)).toBeLessThan(2e-5);
});
