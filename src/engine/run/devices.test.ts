import { expect, test } from "vitest";
import { chooseDevice, openProvider } from "./devices.ts";
import type { ProviderReport } from "./native-providers.ts";

const choose = (reports: readonly ProviderReport[]) =>
  chooseDevice(async (id) => reports.find((r) => r.id === id)!);

const cuda = { id: "cuda", starts: false, reason: "no library" };
const cpu = { id: "cpu", starts: true, gflops: 100 };

test("auto is CUDA where it starts", async () => {
  const chosen = await choose([{ id: "cuda", starts: true, gflops: 9000 }]);
  expect(chosen).toEqual({ device: "cuda", why: "CUDA starts here" });
});

test("else WebGPU where it is faster than the CPU, which one in software is not", async () => {
  const webgpu = { id: "webgpu", starts: true, gflops: 2000 };
  const fast = await choose([cuda, webgpu, cpu]);
  expect(fast.device).toBe("webgpu");
  expect(fast.why).toContain("2000 GFLOP/s by WebGPU, 100 on the CPU");
  const slow = await choose([cuda, { ...webgpu, gflops: 0.05 }, cpu]);
  expect(slow.device).toBe("cpu");
  expect(slow.why).toContain("WebGPU is slower than the CPU: 0.05 GFLOP/s");
});

test("else the CPU, with the reasons", async () => {
  const webgpu = { id: "webgpu", starts: false, reason: "no adapter" };
  expect(await choose([cuda, webgpu])).toEqual({
    device: "cpu",
    why: "CUDA does not start (no library), nor does WebGPU (no adapter)",
  });
});

test("a device that is not there says why and what to do", async () => {
  expect((await openProvider({ threads: 1 })).id).toBe("node-cpu");
  const absent = process.platform === "darwin" ? "dml" : "coreml";
  await expect(openProvider({ device: absent })).rejects.toMatchObject({
    code: "DEVICE",
    fault: {
      where: `--device ${absent}`,
      got: expect.stringContaining("backend not found"),
      fix: expect.stringContaining("ganymede doctor"),
    },
  });
});
