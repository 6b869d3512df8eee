import { parentPort, workerData } from "node:worker_threads";
import { keptFault } from "./crash-file.ts";
import { runTraining } from "./run-training.ts";
import type { FromWorker, ToWorker } from "./train.ts";

/** The training thread: the runtime blocks it, so that it never blocks whoever started it. */
const { request, stop } = workerData as ToWorker;
const flag = new Int32Array(stop);
const send = (message: FromWorker): void => parentPort?.postMessage(message);

try {
  // Messages are not delivered while a call of the runtime blocks: a shared flag is read instead.
  const outcome = await runTraining(
    request,
    (event) => send({ kind: "event", event }),
    () => Atomics.load(flag, 0) === 1,
  );
  send({ kind: "done", outcome });
} catch (error) {
  send({ kind: "fault", fault: keptFault(error, request.runPath) });
}
