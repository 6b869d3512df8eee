import { basename } from "node:path";
import type { TrainRequest } from "../app/run-training.ts";
import { startTraining, type Training } from "../app/train.ts";
import { GanymedeError } from "../core/errors.ts";

interface Underway {
  readonly name: string;
  readonly training: Training;
}

/**
 * The trainings that this server runs, one at a time: two would each take twice as long. What they do
 * stands in their folders; here is only the way to stop them.
 */
export class Trainings {
  private underway: Underway | undefined;
  private isTaken = false;

  /** The name of the run that is trained here, if one is. */
  get running(): string | undefined {
    return this.underway?.name;
  }

  /**
   * Starts a training, and resolves with the run's name at its first step; rejects with what kept it from
   * getting there. `prepare` makes the request. Throws `TRAINING_BUSY` while there is another one.
   */
  async start(prepare: () => Promise<TrainRequest>): Promise<string> {
    if (this.isTaken) throw busy(this.running);
    this.isTaken = true;
    try {
      const request = await prepare();
      return await this.begin(request);
    } finally {
      if (!this.underway) this.isTaken = false;
    }
  }

  /** Asks a training for a checkpoint and an early end, and waits for both. Throws `NO_TRAINING`. */
  async stop(name: string): Promise<void> {
    const { underway } = this;
    if (underway?.name !== name) throw notHere(name);
    underway.training.stop();
    await underway.training.done.catch(() => {});
  }

  /** Stops what there is, with a checkpoint. */
  async close(): Promise<void> {
    if (this.underway) await this.stop(this.underway.name);
  }

  private begin(request: TrainRequest): Promise<string> {
    const name = basename(request.runPath);
    return new Promise((resolve, reject) => {
      const training = startTraining({
        ...request,
        onEvent: ({ kind }) => {
          if (kind === "start") resolve(name);
        },
      });
      this.underway = { name, training };
      const end = () => {
        this.underway = undefined;
        this.isTaken = false;
      };
      training.done.then(
        () => {
          end();
          resolve(name);
        },
        (error: unknown) => {
          end();
          reject(error);
        },
      );
    });
  }
}

const busy = (running: string | undefined): GanymedeError =>
  new GanymedeError("TRAINING_BUSY", {
    where: "studio",
    expected: "one training at a time",
    got:
      running === undefined ? "another one that is being prepared" : `${running}, still training`,
    fix: running === undefined ? "wait a moment" : `pause ${running}, or wait until it is done`,
  });

const notHere = (name: string): GanymedeError =>
  new GanymedeError("NO_TRAINING", {
    where: name,
    expected: "a run that this studio is training",
    got: "one that it is not",
    fix: "stop it where it was started, with Ctrl-C",
  });
