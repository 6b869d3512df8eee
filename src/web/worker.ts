import { type FaultRecord, toFault } from "../app/faults.ts";
import { PageTraining } from "./page-training.ts";
import type { CallName, Calls, FromWorker, ToWorker } from "./protocol.ts";
import type { WebRequest } from "./request.ts";

/*
 * The worker of a page that trains: WebAssembly blocks the thread that it runs in. It trains a call
 * of the runtime at a time and hears messages in between.
 */

type Asking = Extract<ToWorker, { kind: "call" }>;

const asked: Asking[] = [];
let wake = (): void => {};

const send = (message: FromWorker, transfer: Transferable[] = []): void =>
  postMessage(message, { transfer });

const answers: {
  readonly [K in CallName]: (
    training: PageTraining,
    asked: Calls[K]["asked"],
  ) => Calls[K]["answer"] | Promise<Calls[K]["answer"]>;
} = {
  pause: (training) => void training.pause(),
  resume: (training) => void training.resume(),
  step: (training, count) => training.step(count),
  stop: (training) => void training.stop(),
  sample: (training, request) => training.sample(request),
  probe: (training, request) => training.probe(request),
  reset: (training) => void training.reset(),
  snapshot: (training) => training.snapshot(),
  restore: (training, bytes) => void training.restore(bytes),
  change: (training, change) => training.change(change),
  exportOnnx: (training) => training.exportOnnx(),
};

async function answer(training: PageTraining, { id, name, asked: what }: Asking): Promise<void> {
  try {
    const call = answers[name] as (t: PageTraining, w: unknown) => unknown;
    send({ kind: "answer", id, answer: (await call(training, what)) as never });
  } catch (error) {
    send({ kind: "refusal", id, ...toFault(error) });
  }
}

/** Lets messages in that came while the runtime had the thread. */
const { port1, port2 } = new MessageChannel();
const breath = (): Promise<void> =>
  new Promise((resolve) => {
    port1.onmessage = () => resolve();
    port2.postMessage(0);
  });

/** Why there is no training to ask, if it could not be opened. */
let refused: FaultRecord | undefined;

async function train(request: WebRequest): Promise<void> {
  let training: PageTraining;
  try {
    training = await PageTraining.open(
      request,
      (event) => send({ kind: "event", event }),
      (again) => send({ kind: "kept", again }),
    );
  } catch (error) {
    refused = toFault(error);
    send({ kind: "event", event: { kind: "fault", ...refused } });
    for (const { id } of asked) send({ kind: "refusal", id, ...refused });
    return;
  }
  for (;;) {
    for (let next = asked.shift(); next; next = asked.shift()) {
      const answering = answer(training, next);
      // Steps are answered when they are done: the next turns do them.
      if (next.name !== "step") await answering;
    }
    if (training.isRunning) {
      await training.turn();
      await breath();
    } else {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  }
}

addEventListener("message", ({ data }: MessageEvent<ToWorker>) => {
  if (data.kind === "open") void train(data.request);
  else if (refused) send({ kind: "refusal", id: data.id, ...refused });
  else {
    asked.push(data);
    wake();
  }
});
