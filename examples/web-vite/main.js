import { drawSamples, startTraining } from "ganymede/web";

const status = document.getElementById("status");
const canvas = document.getElementById("samples");
const asked = new URLSearchParams(location.search);
let on = "";
let real;

const training = startTraining(
  {
    system: "gan-vanilla",
    data: { kind: "source", id: "ring8" },
    device: asked.get("device") ?? "auto",
    steps: Number(asked.get("steps") ?? 5000),
    seed: 1,
  },
  (event) => {
    if (event.kind === "loading") status.textContent = `${event.what}…`;
    if (event.kind === "warning") console.warn(event.text);
    if (event.kind === "start") {
      on = `${event.device}, ${event.on}`;
      real = event.real;
    }
    if (event.kind === "progress") {
      status.textContent = `Step ${event.step}, ${event.speed.toFixed(0)} a second on ${on}`;
    }
    if (event.kind === "samples") drawSamples(canvas, event, real);
  },
);

training.done.then(
  ({ step }) => {
    status.textContent = `Done: ${step} steps on ${on}.`;
    document.body.dataset.state = "done";
  },
  (error) => {
    status.textContent = `It cannot train: ${error.message}`;
    document.body.dataset.state = "failed";
  },
);
