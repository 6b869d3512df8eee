import { pageScript } from "./_page-script.ts";

/** What goes into a page, as text that may stand in HTML. */
export interface PageParts {
  readonly title: string;
  readonly subtitle: string;
  readonly footer: string;
  /** JSON of `PageAbout`. */
  readonly about: string;
  /** Base64: the model; the runtime's wasm, packed with gzip. */
  readonly model: string;
  readonly runtime: string;
  readonly runtimeScript: string;
}

const style = `
:root { color-scheme: light dark; --ground: #f6f6f3; --card: #fff; --text: #1d1f23; --dim: #62666f;
  --line: #dcdcd6; --accent: #2456c9; --on-accent: #fff; }
@media (prefers-color-scheme: dark) { :root { --ground: #14161a; --card: #1e2127; --text: #e9eaec;
  --dim: #a2a7b1; --line: #343944; --accent: #8db1ff; --on-accent: #10141c; } }
* { box-sizing: border-box; }
[hidden] { display: none !important; }
body { margin: 0; background: var(--ground); color: var(--text); accent-color: var(--accent);
  font: 16px/1.5 system-ui, sans-serif; }
header, main, footer { max-width: 60rem; margin: 0 auto; padding: 1.25rem 1.25rem 0; }
h1 { margin: 0; font-size: 1.5rem; line-height: 1.25; }
header p, footer { color: var(--dim); margin: .25rem 0 0; }
footer { font-size: .85rem; padding-bottom: 2rem; margin: 0 auto; }
#status { max-width: 60rem; margin: 2rem auto; padding: 0 1.25rem; }
.panels { display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); gap: 1.25rem; }
@media (max-width: 44rem) { .panels { grid-template-columns: minmax(0, 1fr); } }
.card { background: var(--card); border: 1px solid var(--line); border-radius: .75rem;
  padding: 1.25rem; }
canvas { display: block; width: 100%; image-rendering: pixelated; color: var(--dim);
  accent-color: var(--accent); }
#item { border-radius: .4rem; background: var(--ground); }
#which, #numbers { color: var(--dim); font-size: .9rem; margin: .5rem 0 0; min-height: 1.4em;
  overflow-wrap: anywhere; }
.row, #sliders label { display: flex; align-items: center; gap: .75rem; margin-bottom: .6rem; }
.row > span:first-child, .row > label, #sliders span { flex: 0 0 6.5rem; }
input[type="range"] { flex: 1; min-width: 0; }
output { flex: 0 0 3rem; text-align: right; font-variant-numeric: tabular-nums; }
input[type="number"], select { font: inherit; color: inherit; background: var(--ground);
  border: 1px solid var(--line); border-radius: .4rem; padding: .3rem .5rem; flex: 1; min-width: 0; }
button { font: inherit; cursor: pointer; color: inherit; background: var(--ground);
  border: 1px solid var(--line); border-radius: .4rem; padding: .35rem .9rem; }
button.first { background: var(--accent); color: var(--on-accent); border-color: var(--accent); }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
details { margin-top: .75rem; } summary { cursor: pointer; margin-bottom: .75rem; }
.buttons { display: flex; flex-wrap: wrap; gap: .6rem; margin: 1rem 0 0; }
#sheet { display: grid; grid-template-columns: repeat(auto-fill, minmax(4.2rem, 1fr)); gap: .5rem;
  margin-top: 1.25rem; }
#sheet button { padding: 0; overflow: hidden; line-height: 0; }
#sheet button:hover { border-color: var(--accent); }
`;

const controls = `
<div class="row"><label for="seed">Seed</label>
  <input id="seed" type="number" min="0" step="1" value="0">
  <button id="random" type="button" class="first">Random</button></div>
<div class="row" id="class-row"><label for="class">Class</label>
  <select id="class"><option value="">any</option></select></div>
<div class="row"><label for="truncation">Truncation</label>
  <input id="truncation" type="range" min="0" max="1.5" step="0.05" value="1">
  <output id="truncation-value" for="truncation">1.00</output></div>
<div class="buttons">
  <button id="play" type="button" aria-pressed="false">Play</button>
  <button id="download" type="button">Download PNG</button></div>
<details open><summary>First numbers of the code</summary><div id="sliders"></div></details>`;

/** The whole page: it needs no other file, no server and no network. */
export const pageHtml = (parts: PageParts): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
<title>${parts.title}</title>
<style>${style}</style>
</head>
<body>
<header><h1>${parts.title}</h1><p>${parts.subtitle}</p></header>
<p id="status" role="status">Unpacking the generator…</p>
<main id="main" hidden>
<div class="panels">
<section class="card" aria-label="What the generator makes">
<canvas id="item" role="img" aria-label="nothing yet"></canvas>
<p id="which" aria-live="polite"></p><p id="numbers"></p>
</section>
<section class="card" aria-label="Controls">${controls}
</section>
</div>
<section id="sheet" aria-label="Items of this seed"></section>
</main>
<footer>${parts.footer}</footer>
<script type="application/json" id="about">${parts.about}</script>
<script type="text/plain" id="model">${parts.model}</script>
<script type="text/plain" id="runtime">${parts.runtime}</script>
<script type="text/plain" id="runtime-script">${parts.runtimeScript}</script>
<script type="module">${pageScript}</script>
</body>
</html>
`;
