import { join } from "node:path";
import { writeAtomic } from "../core/files.ts";
import { inputName } from "../engine/ir/leaves.ts";
import { webRuntime } from "../engine/run/web-runtime.ts";
import type { PageAbout } from "../page/about.ts";
import type { Exported } from "./export.ts";
import { checkedModel } from "./generator-model.ts";
import { pageHtml } from "./page-template.ts";
import type { OpenRun } from "./sample.ts";

export interface ExportedPage extends Exported {
  /** Bytes of the model and of the runtime, as they stand in the page. */
  readonly parts: { readonly model: number; readonly runtime: number };
}

/**
 * Writes one HTML file that runs the generator in a browser: model, runtime and page in one, so that it
 * works from a disk, from any web server and without a network. A seed makes the same items as `sample`
 * does. About 5 MB beside four thirds of the model. Throws `EXPORT_PARITY`, and then leaves no file.
 */
export async function exportPage(
  run: OpenRun,
  file: string = join(run.path, "generator.html"),
): Promise<ExportedPage> {
  const { bytes: model, ...checked } = await checkedModel(run);
  const { script, packed } = webRuntime();
  const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString("base64");
  const html = pageHtml({
    ...headings(run),
    about: JSON.stringify(aboutOf(run, checked.dynamicBatch)).replaceAll("<", "\\u003c"),
    model: base64(model),
    runtime: base64(packed),
    runtimeScript: withoutEnd(script),
  });
  writeAtomic(file, html);
  const parts = { model: (model.length * 4) / 3, runtime: (packed.length * 4) / 3 + script.length };
  return { ...checked, file, bytes: Buffer.byteLength(html), parts };
}

/** A script element ends at the first closing tag, wherever it stands in a script. */
function withoutEnd(script: string): string {
  return script.replaceAll("</script", "<\\/script").replaceAll("<!--", "<\\!--");
}

const escaped = (text: string): string => text.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);

function headings({ config, checkpoint }: OpenRun) {
  const { title, credit, licence } = config.data.about;
  const about = `${config.system}, ${checkpoint.images.toLocaleString("en-US")} images seen`;
  return {
    title: escaped(title),
    subtitle: escaped(`Drawn in this browser by a generator: ${about}. Nothing is sent anywhere.`),
    footer: escaped(
      `Data: ${title}, ${credit}, ${licence}. Runs on ONNX Runtime (MIT, Microsoft). ` +
        "Made with Ganymede, which claims no rights in trained weights.",
    ),
  };
}

function aboutOf(run: OpenRun, dynamicBatch: boolean): PageAbout {
  const { config, checkpoint, sampler, game, field } = run;
  return {
    title: config.data.about.title,
    system: config.system,
    step: checkpoint.step,
    layout: sampler.layout,
    inputs: Object.values(sampler.traced.inputs).map((t) => inputName(t)!),
    output: game.field,
    field,
    classes: game.sampler.classes ?? [],
    block: sampler.batch,
    dynamicBatch,
    data: config.data.about,
  };
}
