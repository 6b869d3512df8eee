import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { graphicsCards } from "./graphics-cards.ts";

const root = mkdtempSync(join(tmpdir(), "ganymede-cards-"));
afterEach(() => rmSync(root, { recursive: true, force: true }));

function keep(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

test("cards are told by model, else by driver and number; connectors are none", () => {
  expect(graphicsCards(root)).toEqual([]);
  keep("sys/class/drm/card0/device/uevent", "DRIVER=i915\nPCI_CLASS=30000\nPCI_ID=8086:9A49\n");
  keep("sys/class/drm/card0-eDP-1/device/uevent", "DRIVER=i915\n");
  keep("sys/class/drm/renderD128/device/uevent", "DRIVER=i915\n");
  keep("sys/class/drm/version", "drm 1.1.0");
  expect(graphicsCards(root)).toEqual(["i915 8086:9A49"]);
  keep("proc/driver/nvidia/gpus/0000:01:00.0/information", "Model: \t\t NVIDIA X1\nIRQ: 1\n");
  expect(graphicsCards(root)).toEqual(["NVIDIA X1"]);
});
