/** What a written extractor is worth, measured through its file on images it was not trained on. */
import type { Source } from "../../src/data/source.ts";
import { nodeCpu } from "../../src/engine/run/node-cpu.ts";
import { classReport } from "../../src/metrics/class-report.ts";
import type { Extraction } from "../../src/metrics/extractor.ts";
import { openExtractor } from "../../src/metrics/extractor-file.ts";

type Figures = Record<string, number>;

/** What the extractor says of the first `count` images, and their labels. */
async function look(record: string, source: Source, count: number) {
  const extractor = await openExtractor(await nodeCpu({ threads: 1 }), record);
  const { image, label } = source.batch(0, count, 0);
  const { scale, offset, shape } = source.fields.image!;
  const [channels, height, width] = shape as [number, number, number];
  const data = Float32Array.from(image!, (v) => v * scale + offset);
  const said = await extractor.extract({ data, count, channels, height, width, range: [-1, 1] });
  await extractor.dispose();
  return { said, labels: label as Int32Array };
}

function accuracy({ probabilities }: Extraction, labels: Int32Array): number {
  const { width, data } = probabilities!;
  const right = labels.filter((truth, i) => {
    const row = data.subarray(i * width, (i + 1) * width);
    return row.indexOf(Math.max(...row)) === truth;
  });
  return right.length / labels.length;
}

/** Accuracy on all test images at 28x28 and at 16x16, and how often it is sure at 28x28. */
export async function examineClassifier(
  record: string,
  tests: Readonly<Record<16 | 28, Source>>,
): Promise<Figures> {
  const fine = await look(record, tests[28], tests[28].size);
  const coarse = await look(record, tests[16], tests[16].size);
  return {
    testAccuracy: accuracy(fine.said, fine.labels),
    testAccuracy16: accuracy(coarse.said, coarse.labels),
    testSure: classReport(fine.said.probabilities!).sure,
  };
}

/** For each data set: how often a test image and its nearest neighbour in features share a label. */
export async function examineEncoder(record: string, tests: readonly Source[]): Promise<Figures> {
  const figures: Figures = {};
  for (const source of tests) {
    const { said, labels } = await look(record, source, 2000);
    figures[`neighbours ${source.id}`] = neighbourAgreement(said, labels);
  }
  return figures;
}

/** Leave-one-out accuracy of the nearest neighbour by Euclidean distance. */
function neighbourAgreement({ features }: Extraction, labels: Int32Array): number {
  const { count, width, data } = features;
  let right = 0;
  for (let i = 0; i < count; i++) {
    let [best, least] = [-1, Number.POSITIVE_INFINITY];
    for (let j = 0; j < count; j++) {
      let distance = 0;
      for (let k = 0; k < width; k++)
        distance += (data[i * width + k]! - data[j * width + k]!) ** 2;
      if (j !== i && distance < least) [best, least] = [j, distance];
    }
    if (labels[i] === labels[best]) right += 1;
  }
  return right / count;
}
