import type { FaultRecord } from "../app/faults.ts";
import type { CheckedModel } from "../app/generator-model.ts";
import type { SampleRequest } from "../train/sampler.ts";
import type { Samples, WebEvent } from "./events.ts";
import type { Probed, ProbeRequest } from "./probe.ts";
import type { WebRequest } from "./request.ts";

/** What a page asks of the worker while it trains: name → argument and answer. */
export interface Calls {
  pause: { readonly asked: undefined; readonly answer: undefined };
  resume: { readonly asked: undefined; readonly answer: undefined };
  step: { readonly asked: number; readonly answer: undefined };
  stop: { readonly asked: undefined; readonly answer: undefined };
  sample: { readonly asked: SampleRequest; readonly answer: Samples };
  probe: { readonly asked: ProbeRequest; readonly answer: Probed };
  reset: { readonly asked: undefined; readonly answer: undefined };
  snapshot: { readonly asked: undefined; readonly answer: Uint8Array };
  restore: { readonly asked: Uint8Array; readonly answer: undefined };
  change: { readonly asked: Change; readonly answer: readonly string[] };
  exportOnnx: { readonly asked: undefined; readonly answer: CheckedModel };
}

/** What may change while a training runs. */
export interface Change {
  readonly system?: string;
  /** Options to set; others stay, unless the system changes. */
  readonly options?: Readonly<Record<string, unknown>>;
}

export type CallName = keyof Calls;

export type ToWorker =
  | { readonly kind: "open"; readonly request: WebRequest }
  | {
      readonly kind: "call";
      readonly id: number;
      readonly name: CallName;
      readonly asked: Calls[CallName]["asked"];
    };

export type FromWorker =
  /** How to begin again from here, should the device be lost. */
  | { readonly kind: "kept"; readonly again: WebRequest }
  | { readonly kind: "event"; readonly event: WebEvent }
  | { readonly kind: "answer"; readonly id: number; readonly answer: Calls[CallName]["answer"] }
  | ({ readonly kind: "refusal"; readonly id: number } & FaultRecord);
