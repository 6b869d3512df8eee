import { examine, type Health } from "../../app/doctor.ts";
import type { ProviderReport } from "../../engine/run/native-providers.ts";
import type { Command } from "../command.ts";
import type { Terminal } from "../terminal.ts";
import { bytes, table } from "../text.ts";

export const doctor: Command = {
  about: "check whether Ganymede trains on this machine",
  options: [["--json", "as JSON"]],
  examples: ["doctor"],
  more: "Exits with 1 where training is not possible.",
  async run({ options, terminal }) {
    const health = await examine();
    if (options.json) terminal.out(JSON.stringify(health, null, 2));
    else show(health, terminal);
    return health.selfTest.passed && health.nodeIsSupported ? 0 : 1;
  },
};

function startText({ starts, gflops, reason }: ProviderReport): string {
  if (!starts) return `does not start: ${reason ?? "no reason given"}`;
  // No graphics card is that slow; a processor in the place of one is.
  const software = gflops !== undefined && gflops < 1 ? ", an adapter in software" : "";
  return gflops === undefined
    ? "starts"
    : `starts: ${Number(gflops.toPrecision(2))} GFLOP/s${software}`;
}

function show(health: Health, { out, columns, colours }: Terminal): void {
  const { memory, selfTest, nchwcBlock, providers } = health;
  const rows = [
    ["ganymede", health.ganymede],
    ["node", `${health.node}${health.nodeIsSupported ? "" : " (20.19 or later is needed)"}`],
    ["machine", `${health.platform}, ${health.processor}, ${health.threads} threads`],
    ["memory", `${bytes(memory.freeBytes)} free of ${bytes(memory.totalBytes)}`],
    ["onnxruntime", health.onnxruntime],
    ...providers.map((p) => [`  ${p.id}`, startText(p)]),
    ["graphics", health.graphicsCards.join(", ") || "no card that the system tells of"],
    ["auto", `--device auto is ${health.auto.device}: ${health.auto.why}`],
    ["fast layout", nchwcBlock > 0 ? `blocks of ${nchwcBlock} channels` : "none on this processor"],
    [
      "self-test",
      selfTest.passed
        ? `passed: one step of a tiny DCGAN in ${selfTest.milliseconds?.toFixed(1)} ms`
        : `failed: ${selfTest.reason}`,
    ],
  ];
  out(table(rows, columns, 0));
  out(selfTest.passed ? colours.green("ready to train") : colours.red("not ready to train"));
}
