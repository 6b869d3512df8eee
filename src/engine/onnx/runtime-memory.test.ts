import { describe, expect, test } from "vitest";
import { input } from "../ir/leaves.ts";
import { add, conv, matmul, relu, reshape, sum, transpose } from "../ops/index.ts";
import { program } from "../program.ts";
import { Arena, packed } from "./arena.ts";
import { plainCpu } from "./emit.ts";
import { toModel } from "./model.ts";
import { runtimeMemory } from "./runtime-memory.ts";

const mib = 2 ** 20;

describe("the arena", () => {
  test("gives whole pieces that are not twice what was asked for, and uses them again", () => {
    const arena = new Arena();
    const first = arena.take(300 * 1024);
    arena.take(100 * 1024);
    expect(arena.bytes).toBe(400 * 1024);
    arena.give(first);
    // 200 KiB fit the 300 KiB that are free, whole.
    expect(arena.take(200 * 1024)).toBe(first);
    expect(arena.bytes).toBe(400 * 1024);
  });

  test("grows by regions that double, and joins what is given back", () => {
    const arena = new Arena();
    const two = [arena.take(0.4 * mib), arena.take(0.4 * mib)];
    arena.take(1.5 * mib);
    for (const piece of two) arena.give(piece);
    const before = arena.bytes;
    arena.take(0.8 * mib);
    expect(arena.bytes).toBe(before);
  });
});

describe("packing", () => {
  test("lifetimes that do not meet share a place", () => {
    const [early, late] = [
      { bytes: 1024, from: 0, to: 1 },
      { bytes: 1024, from: 2, to: 3 },
    ];
    expect(packed([early, late])).toBe(1024);
    expect(packed([{ ...early, to: 2 }, late])).toBe(2048);
  });

  test("takes the tightest gap", () => {
    const sizes = [512, 1024, 256, 512, 256].map((bytes) => ({ bytes, from: 0, to: 9 }));
    const gone = [
      { ...sizes[1]!, to: 1 },
      { ...sizes[3]!, to: 1 },
    ];
    const small = { bytes: 512, from: 2, to: 9 };
    const large = { bytes: 1024, from: 3, to: 9 };
    const all = [sizes[0]!, gone[0]!, sizes[2]!, gone[1]!, sizes[4]!, small, large];
    expect(packed(all)).toBe(512 + 1024 + 256 + 512 + 256);
  });
});

describe("a model", () => {
  const x = input("x", [64, 64]);
  const bytes = 64 * 64 * 4;

  test("a chain that may overwrite needs one buffer beside its result", () => {
    const model = toModel(program({ y: sum(relu(relu(relu(x)))) }), { target: plainCpu });
    const { working, fed, returned } = runtimeMemory(model);
    expect(fed).toBe(bytes);
    expect(returned).toBe(4);
    expect(working).toBeLessThanOrEqual(bytes + 1024);
  });

  test("what is read again later is kept", () => {
    const a = relu(x);
    const b = matmul(a, a);
    const model = toModel(program({ y: sum(add(matmul(b, b), a)) }), { target: plainCpu });
    expect(runtimeMemory(model).working).toBeGreaterThanOrEqual(3 * bytes);
  });

  test("a view takes nothing", () => {
    const turned = transpose(x, { perm: [1, 0] });
    const flat = reshape(turned, { shape: [-1] });
    const twice = program({ y: sum(matmul(reshape(flat, { shape: [64, 64] }), x)) });
    expect(runtimeMemory(toModel(twice, { target: plainCpu })).working).toBeLessThan(2.2 * bytes);
  });

  test("weights are counted as fed", () => {
    const w = input("w", [8, 3, 3, 3]);
    const image = input("image", [2, 3, 8, 8]);
    const model = toModel(
      program({
        y: conv(image, w, {
          pads: [
            [1, 1],
            [1, 1],
          ],
        }),
      }),
      { target: plainCpu },
    );
    expect(runtimeMemory(model).fed).toBe(4 * (8 * 27 + 2 * 3 * 64));
  });
});
