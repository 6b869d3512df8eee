import { journey } from "../train/journey.ts";
import { isPicture } from "../train/pixels.ts";
import type { PageAbout } from "./about.ts";
import { describe, drawCloud, drawImage } from "./draw.ts";
import { openGenerator, type PageGenerator, type PageRequest } from "./generator.ts";

const about = JSON.parse(document.getElementById("about")!.textContent!) as PageAbout;
const get = <T extends HTMLElement>(id: string) => document.getElementById(id) as T;
const size = about.layout.size;
const pictures = isPicture(about.field);
/** Items of the sheet below, and of the cloud where items are points. */
const [shown, cloud] = [24, 512];
/** Numbers of a code that get a slider. */
const sliders = Math.min(8, size);
/** Pictures from one code to the next while it plays. */
const perLeg = 48;

/** What is on the page: a code, and the item of the seed that it was, which tells its class. */
const state = { code: new Float32Array(size), item: 0, playing: false, drawn: 0 };

const seed = () => Math.max(0, Math.floor(Number(get<HTMLInputElement>("seed").value) || 0));
const truncation = () => Number(get<HTMLInputElement>("truncation").value);
const label = () => {
  const chosen = get<HTMLSelectElement>("class").value;
  return about.classes.length > 0 && chosen !== "" ? { label: Number(chosen) } : {};
};

/** Shows the current code; of several asked for at once only the last is drawn. */
async function show(generator: PageGenerator): Promise<void> {
  const turn = ++state.drawn;
  const codes = state.code.map((v) => v * truncation());
  const ofItem = about.classes.length > 0 ? { label: state.item % about.classes.length } : {};
  const request = { seed: seed(), count: 1, codes, ...ofItem, ...label() };
  const item = await generator.sample(request);
  if (turn !== state.drawn) return;
  const canvas = get<HTMLCanvasElement>("item");
  if (pictures) drawImage(canvas, item, about.field);
  else {
    const others = await generator.sample({ seed: seed(), count: cloud, truncation: truncation() });
    const all = new Float32Array(others.length + item.length);
    all.set(others);
    all.set(item, others.length);
    drawCloud(canvas, all, about.field);
  }
  const said = describe(item, about.field);
  canvas.setAttribute("aria-label", `${about.title}, made just now: ${said}`);
  get("numbers").textContent = pictures ? "" : said;
}

/** The first items of the seed; a click takes one up. */
async function showSheet(generator: PageGenerator): Promise<void> {
  const request = { seed: seed(), count: shown, truncation: truncation(), ...label() };
  const sheet = get("sheet");
  if (!pictures) return;
  const items = await generator.sample(request);
  const codes = generator.codes({ seed: seed(), count: shown });
  const item = items.length / shown;
  sheet.replaceChildren(
    ...Array.from({ length: shown }, (_, i) => {
      const button = document.createElement("button");
      const canvas = document.createElement("canvas");
      drawImage(canvas, items.subarray(i * item, (i + 1) * item), about.field);
      button.type = "button";
      button.append(canvas);
      button.setAttribute("aria-label", `Item ${i} of seed ${seed()}`);
      button.addEventListener("click", () => {
        stop();
        take(generator, codes.slice(i * size, (i + 1) * size), i);
      });
      return button;
    }),
  );
}

function take(generator: PageGenerator, code: Float32Array, item: number): void {
  state.code = Float32Array.from(code);
  state.item = item;
  get("which").textContent = `item ${item} of seed ${seed()}`;
  for (let i = 0; i < sliders; i++) setSlider(i, code[i]!);
  void show(generator);
}

function setSlider(i: number, value: number): void {
  get<HTMLInputElement>(`z${i}`).value = String(value);
  get(`z${i}-value`).textContent = value.toFixed(2);
}

function makeSliders(generator: PageGenerator): void {
  const list = get("sliders");
  for (let i = 0; i < sliders; i++) {
    const part = about.layout.parts.find((p) => i >= p.from && i < p.from + p.size)!;
    const reach = part.distribution === "uniform" ? 1 : 3;
    const row = document.createElement("label");
    row.innerHTML = `<span>${part.name}<sub>${i - part.from}</sub></span><input type="range"><output></output>`;
    const input = row.querySelector("input")!;
    Object.assign(input, { id: `z${i}`, min: -reach, max: reach, step: 0.01 });
    row.querySelector("output")!.id = `z${i}-value`;
    input.addEventListener("input", () => {
      stop();
      state.code[i] = Number(input.value);
      get(`z${i}-value`).textContent = Number(input.value).toFixed(2);
      get("which").textContent = "a code of your own";
      void show(generator);
    });
    list.append(row);
  }
}

function stop(): void {
  state.playing = false;
  const play = get("play");
  play.textContent = "Play";
  play.setAttribute("aria-pressed", "false");
}

/** Goes from the code on the page to those of the next seeds, one after the other, until stopped. */
async function play(generator: PageGenerator): Promise<void> {
  state.playing = true;
  get("play").textContent = "Pause";
  get("play").setAttribute("aria-pressed", "true");
  get("which").textContent = "on the way from code to code";
  for (let next = seed() + 1; state.playing; next++) {
    const keys = new Float32Array(2 * size);
    keys.set(state.code);
    keys.set(generator.codes({ seed: next, count: 1 }), size);
    const way = journey(keys, about.layout, { perLeg, loop: false });
    for (let frame = 0; frame < way.frames && state.playing; frame++) {
      state.code = way.codes.slice(frame * size, (frame + 1) * size);
      for (let i = 0; i < sliders; i++) setSlider(i, state.code[i]!);
      await show(generator);
      await new Promise((resolve) => requestAnimationFrame(resolve));
    }
  }
}

function download(): void {
  get<HTMLCanvasElement>("item").toBlob((blob) => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(blob!);
    link.download = `${about.system}-${seed()}.png`;
    link.click();
    URL.revokeObjectURL(link.href);
  });
}

function wire(generator: PageGenerator): void {
  const reseed = () => {
    stop();
    take(generator, generator.codes({ seed: seed(), count: 1 }), 0);
    void showSheet(generator);
  };
  const restyle = () => {
    get("truncation-value").textContent = truncation().toFixed(2);
    void show(generator);
    void showSheet(generator);
  };
  get("random").addEventListener("click", () => {
    get<HTMLInputElement>("seed").value = String(crypto.getRandomValues(new Uint16Array(1))[0]);
    reseed();
  });
  get("seed").addEventListener("change", reseed);
  get("truncation").addEventListener("input", restyle);
  get("class").addEventListener("change", restyle);
  get("play").addEventListener("click", () => (state.playing ? stop() : void play(generator)));
  get("download").addEventListener("click", download);
  const choice = get<HTMLSelectElement>("class");
  about.classes.forEach((name, i) => {
    choice.add(new Option(name, String(i)));
  });
  get("class-row").hidden = about.classes.length === 0;
  makeSliders(generator);
  reseed();
}

/** For other scripts on the page, and for tests: the generator itself. */
declare global {
  interface Window {
    ganymede?: {
      readonly about: PageAbout;
      sample(request: PageRequest): Promise<number[]>;
    };
  }
}

openGenerator(about).then(
  (generator) => {
    window.ganymede = {
      about,
      sample: async (request) => [...(await generator.sample(request))],
    };
    get("status").remove();
    get("main").hidden = false;
    wire(generator);
  },
  (error: unknown) => {
    get("status").textContent = `This browser cannot run the generator: ${String(error)}`;
  },
);
