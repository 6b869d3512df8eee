import { Chart } from "./chart.js";
import { drawSamples, startTraining } from "./ganymede/ganymede.js";

const get = (id) => document.getElementById(id);
const chart = new Chart(get("chart"), get("legend"));
/** Where a state is kept: a file that only this site sees. */
const savedName = () => `${get("what").value}.safetensors`;

/** Small enough to show something soon on a processor. */
const pictures = { latent: 32, width: 16, discriminatorWidth: 16, batch: 32 };
const digits = (name) => `./data/mnist/train-${name}-ubyte.gz`;

const tasks = {
  ring8: () => ({ system: "gan-vanilla", data: { kind: "source", id: "ring8" } }),
  grid25: () => ({ system: "wgan-gp", data: { kind: "source", id: "grid25" } }),
  digits: () => ({
    system: "dcgan",
    options: pictures,
    data: {
      kind: "idx",
      images: digits("images-idx3"),
      labels: digits("labels-idx1"),
      side: 16,
    },
  }),
  own: () => ({
    system: "dcgan",
    options: pictures,
    data: { kind: "images", images: [...get("files").files], side: 32, mirror: true },
  }),
};

let training;
let real;
let on = "";
let paused = false;
/** Whether there is a net to draw from. */
let started = false;
const notes = [];

function show(kind, headline, details = notes.join(" ")) {
  get("state").dataset.kind = kind;
  get("headline").textContent = headline;
  get("details").textContent = details;
}

function bar(done, total) {
  get("progress").hidden = false;
  if (total === undefined) get("progress").removeAttribute("value");
  else get("progress").value = done / total;
}

function allow(state) {
  for (const id of ["pause", "step", "stop"]) get(id).disabled = state !== "running";
  for (const id of ["save", "onnx"]) get(id).disabled = state === "none";
  get("pause").textContent = paused ? "Go on" : "Pause";
}

const hear = {
  loading({ what, done, total }) {
    show("running", `${what}…`);
    bar(done, total);
  },
  warning({ text }) {
    notes.push(`${text[0].toUpperCase()}${text.slice(1)}.`);
  },
  start(event) {
    real = event.real;
    started = true;
    on = `${event.device === "wasm" ? "WebAssembly" : "WebGPU"}, ${event.on}`;
    get("samples").dataset.kind = event.field.shape.length === 3 ? "pictures" : "points";
    allow("running");
  },
  progress({ step, speed, rows }) {
    const steps = Number(get("steps").value);
    show("running", `Step ${step} of ${steps}, ${speed.toPrecision(3)} a second on ${on}`);
    bar(step, steps);
    chart.add(rows);
  },
  samples(event) {
    drawSamples(get("samples"), event, real);
    const points = event.field.shape.length !== 3;
    get("caption").textContent =
      `Step ${event.step}${points ? ": the data in grey, the generator's points in blue" : ""}`;
  },
  paused({ step }) {
    show("running", `Paused at step ${step} on ${on}`);
  },
  end({ step }) {
    show("done", `Trained for ${step} steps on ${on}.`);
    allow("ended");
  },
  fault({ code, fault }) {
    get("progress").hidden = true;
    show("error", `It cannot train: ${fault.got}`, `${code}. To do: ${fault.fix}.`);
    allow(started ? "ended" : "none");
  },
};

function begin(restore) {
  training?.close();
  started = false;
  notes.length = 0;
  paused = false;
  chart.clear();
  get("samples").width = 512;
  get("samples").height = 512;
  get("caption").textContent = "What the generator makes is shown here.";
  allow("none");
  training = startTraining(
    {
      ...tasks[get("what").value](),
      device: get("device").value,
      steps: Number(get("steps").value),
      seed: Number(get("seed").value),
      ...(restore && { restore }),
    },
    (event) => hear[event.kind](event),
  );
}

function download(bytes, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([bytes]));
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}

const savedFile = async (create) =>
  (await navigator.storage.getDirectory()).getFileHandle(savedName(), { create });

async function save() {
  const file = await (await savedFile(true)).createWritable();
  await file.write(await training.snapshot());
  await file.close();
  get("load").disabled = false;
}

/** Whether there is a saved state of what is chosen. */
async function lookForSaved() {
  get("files-row").hidden = get("what").value !== "own";
  get("load").disabled = !(await savedFile(false).catch(() => undefined));
}

get("controls").addEventListener("submit", (event) => {
  event.preventDefault();
  begin();
});
get("pause").addEventListener("click", () => {
  paused = !paused;
  void (paused ? training.pause() : training.resume());
  allow("running");
});
get("step").addEventListener("click", () => {
  paused = true;
  allow("running");
  void training.step();
});
get("stop").addEventListener("click", () => void training.stop());
get("save").addEventListener("click", () => void save());
get("load").addEventListener("click", async () => {
  const file = await (await savedFile(false)).getFile();
  begin(new Uint8Array(await file.arrayBuffer()));
});
get("onnx").addEventListener("click", async () => {
  download((await training.exportOnnx()).bytes, "generator.onnx");
});
get("what").addEventListener("change", () => void lookForSaved());
if (!navigator.gpu) {
  const option = get("device").querySelector("[value=webgpu]");
  option.textContent += ": this browser has none";
}
void lookForSaved();
