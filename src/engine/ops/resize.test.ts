import { describe, expect, test } from "vitest";
import { gradientError, providerError, trace } from "../../../test/contracts/op.ts";
import { resampleMatrix } from "../../core/resample.ts";
import { grad } from "../autodiff/grad.ts";
import { constant, input } from "../ir/leaves.ts";
import type { Tensor } from "../ir/tensor.ts";
import { evaluate } from "../reference/evaluate.ts";
import { at as read } from "../reference/ndarray.ts";
import { nodeCpu } from "../run/node-cpu.ts";
import * as ops from "./index.ts";

const provider = await nodeCpu({ threads: 1 });
const values = (t: Tensor): number[] => [...evaluate([t])[0]!.data];
const close = (got: ArrayLike<number>, want: readonly number[]) => {
  expect(got.length).toBe(want.length);
  want.forEach((v, i) => void expect(got[i]).toBeCloseTo(v, 10));
};
const line = (...data: number[]) => constant(data, [1, 1, data.length]);
const at = (size: number, filter: ops.Filter, ...data: number[]) =>
  values(ops.resample(line(...data), { size: [size], filter }));

describe("resample", () => {
  test("bilinear is PyTorch's, align_corners = false, without antialiasing", () => {
    // Centres at −¼, ¼, ¾, 1¼ of the inputs; the edge repeats.
    close(at(4, "bilinear", 0, 4), [0, 1, 3, 4]);
    // Centres at −⅓·…: (o + ½)·4/6 − ½ = −1/6, ½, 7/6, 11/6, 5/2, 19/6.
    close(at(6, "bilinear", 0, 6, 12, 18), [0, 3, 7, 11, 15, 18]);
    // Shrinking by 4 looks at two pixels only: 1½ and 5½.
    close(at(2, "bilinear", 0, 1, 2, 3, 4, 5, 6, 7), [1.5, 5.5]);
  });

  test("nearest takes floor(o · from/to)", () => {
    close(at(3, "nearest", 0, 1, 2, 3, 4), [0, 1, 3]);
    close(at(5, "nearest", 7, 8, 9), [7, 7, 8, 8, 9]);
  });

  test("area weighs by overlap", () => {
    close(at(2, "area", 1, 3, 5, 9), [2, 7]);
    close(at(2, "area", 1, 2, 4), [(1 + 0.5 * 2) / 1.5, (0.5 * 2 + 4) / 1.5]);
  });

  test("the antialiased triangle is twice as wide at half the size", () => {
    // Weights ⅛ ⅜ ⅜ ⅛ around each centre; those outside the image are left out.
    close(at(2, "bilinear-antialias", 0, 0, 8, 0), [(8 * 0.125) / 0.875, (8 * 0.375) / 0.875]);
  });

  test("cubic and Lanczos keep a constant and, when growing, the samples at centres", () => {
    for (const filter of ["bicubic-antialias", "lanczos3"] as const) {
      close(at(5, filter, 2, 2, 2, 2, 2, 2, 2), [2, 2, 2, 2, 2]);
      // Three times the size: every third centre falls on an input's.
      const big = at(9, filter, 1, 5, 2);
      close([big[1]!, big[4]!, big[7]!], [1, 5, 2]);
    }
  });

  test("every row of every matrix sums to 1", () => {
    for (const filter of ops.filters) {
      for (const [from, to] of [
        [7, 3],
        [3, 7],
        [1, 4],
        [4, 1],
        [299, 32],
      ] as const) {
        const m = resampleMatrix(from, to, filter);
        for (let o = 0; o < to; o++) {
          const total = m.slice(o * from, (o + 1) * from).reduce((a, b) => a + b, 0);
          expect(total).toBeCloseTo(1, 12);
        }
      }
    }
  });

  test("each axis has its own size; a whole factor of nearest is upsampleNearest", () => {
    const x = constant([1, 2, 3, 4, 5, 6], [1, 1, 2, 3]);
    const y = ops.resample(x, { size: [4, 9], filter: "nearest" });
    expect(values(y)).toEqual(values(ops.upsampleNearest(x, { scale: [2, 3] })));
    expect(() => ops.resample(x, { size: [4], filter: "area" })).toThrow(/SHAPE/);
    expect(() => ops.upsampleNearest(x, { scale: [1.5, 2] })).toThrow(/use resample/);
  });

  test("ONNX Runtime agrees, and the gradient is that of differences", async () => {
    const x = input("x", [2, 2, 5, 4, 3]);
    const data = Float64Array.from({ length: 240 }, (_, i) => Math.fround(Math.sin(i)));
    const y = ops.resample(x, { size: [3, 8, 2], filter: "lanczos3" });
    const loss = ops.sum(ops.mul(y, y));
    const gradients = grad(loss, [x]);
    const outputs = { y, g: gradients[0]! };
    const feeds = { x: { shape: x.shape, dtype: "f32" as const, data } };
    const claims = [{ y: loss, by: [x], gradients }];
    expect(await providerError({ outputs, feeds, claims }, provider)).toBeLessThan(1e-5);
    expect(gradientError({ feeds, claims }, 1)).toBeLessThan(1e-6);
  });
});

test("pixelShuffle orders channels as PyTorch does, and pixelUnshuffle undoes it", () => {
  const x = constant([0, 1, 2, 3, 4, 5, 6, 7], [1, 4, 1, 2]);
  const y = ops.pixelShuffle(x, { factor: 2 });
  expect(y.shape).toEqual([1, 1, 2, 4]);
  expect(values(y)).toEqual([0, 2, 1, 3, 4, 6, 5, 7]);
  expect(values(ops.pixelUnshuffle(y, { factor: 2 }))).toEqual(values(x));
  expect(() => ops.pixelShuffle(y, { factor: 2 })).toThrow(/multiples of 4/);
  // y[n, c, h·f + i, w·f + j] = x[n, c·f² + i·f + j, h, w]
  const big = constant([...Array(2 * 18 * 2 * 3).keys()], [2, 18, 2, 3]);
  const shuffled = ops.pixelShuffle(big, { factor: 3 });
  const [from, to] = evaluate([big, shuffled]);
  const element = read(from!, [1, 1 * 9 + 2 * 3 + 1, 1, 2]);
  expect(read(to!, [1, 1, 1 * 3 + 2, 2 * 3 + 1])).toBe(element);
  expect(values(ops.pixelUnshuffle(shuffled, { factor: 3 }))).toEqual(values(big));
});

test("globalAvgPool is the mean over space", () => {
  expect(values(ops.globalAvgPool(constant([1, 2, 3, 6], [1, 2, 1, 2])))).toEqual([1.5, 4.5]);
});

test("of equal elements the first of a window gets the gradient", async () => {
  const x = input("x", [1, 1, 2, 4]);
  const data = Float64Array.of(0, 0, 5, 1, 0, 0, 1, 5);
  for (const strides of [
    [2, 2],
    [1, 1],
  ]) {
    const g = grad(ops.sum(ops.maxPool(x, { kernel: [2, 2], strides })), [x])[0]!;
    const feeds = { x: { shape: x.shape, dtype: "f32" as const, data } };
    const expected = strides[0] === 2 ? [1, 0, 1, 0, 0, 0, 0, 0] : [1, 0, 2, 0, 0, 0, 0, 0];
    expect([...evaluate([g], feeds)[0]!.data]).toEqual(expected);
    expect(await providerError({ outputs: { g }, feeds, claims: [] }, provider)).toBe(0);
  }
});

test("a pool whose padding could fill a window is refused", () => {
  const pads = [[2, 0]] as const;
  expect(() => ops.avgPool(input("x", [1, 1, 4]), { kernel: [2], pads })).toThrow(/SHAPE/);
});

test("a wide scatter takes the same values on WebGPU", async () => {
  const c = { shapes: [[3000], [3000]], dtypes: ["f32", "i32"], attrs: { size: 2000 } } as const;
  const traced = trace(ops.scatterAdd.record as never, { ...c, range: [-2000, 2000] }, 1);
  const webgpu = { ...provider, target: { provider: "webgpu", nchwcBlock: 0 } as const };
  expect(await providerError(traced, webgpu)).toBeLessThan(1e-5);
});

test("topK gives values through which gradients pass, and positions", () => {
  const x = input("x", [2, 3]);
  const feeds = {
    x: { shape: x.shape, dtype: "f32" as const, data: Float64Array.of(1, 9, 5, 4, 2, 8) },
  };
  const { values: best, indices } = ops.topK(x, { k: 2 });
  const g = grad(ops.sum(ops.mul(best, constant([1, 10], [1, 2]))), [x])[0]!;
  const [v, i, d] = evaluate([best, indices, g], feeds).map((a) => [...a.data]);
  expect(v).toEqual([9, 5, 8, 4]);
  expect(i).toEqual([1, 2, 2, 0]);
  expect(d).toEqual([0, 1, 10, 10, 0, 1]);
});
