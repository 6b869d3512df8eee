/** What the first bytes of PNG, JPEG, GIF and TIFF files say, for where sharp does not start. */
import type { PictureInfo } from "./raster.ts";

/** A head, and how EXIF wants the picture turned: 1 … 8, 1 = as it is. */
export interface Head extends PictureInfo {
  readonly orientation: number;
}

/** @throws Error for what is no such picture, or ends before its size is told */
export function readHead(bytes: Uint8Array): Head {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  try {
    const magic = view.getUint32(0);
    if (magic === 0x89504e47) return pngHead(view);
    if (magic >>> 8 === 0xffd8ff) return jpegHead(view);
    if (magic === 0x47494638) return gifHead(view);
    if (magic === 0x49492a00 || magic === 0x4d4d002a) return tiffHead(view);
  } catch (error) {
    if (error instanceof RangeError) throw new Error("ends within its head", { cause: error });
    throw error;
  }
  throw new Error("no picture of a known format");
}

const plain = { orientation: 1, depth: 8 };

function pngHead(view: DataView): Head {
  const colour = view.getUint8(25);
  let transparent = (colour & 4) > 0;
  for (let at = 33; !transparent && at + 8 <= view.byteLength; at += 12 + view.getUint32(at)) {
    const name = view.getUint32(at + 4);
    if (name === 0x49444154) break;
    transparent = name === 0x74524e53;
  }
  return {
    ...plain,
    format: "png",
    width: view.getUint32(16),
    height: view.getUint32(20),
    depth: view.getUint8(24),
    grey: (colour & 3) === 0,
    alpha: transparent,
  };
}

/** Walks the segments up to the frame header, SOF. ITU-T T.81, B.2.2. */
function jpegHead(view: DataView): Head {
  let orientation = 1;
  for (let at = 2; ; ) {
    if (view.getUint8(at) !== 0xff) throw new Error("damaged: its segments do not follow");
    const marker = view.getUint8(at + 1);
    const size = view.getUint16(at + 2);
    if (marker === 0xe1 && view.getUint32(at + 4) === 0x45786966) {
      orientation = orientationAt(view, at + 10, at + 2 + size);
    }
    if (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)) {
      const [height, width] = [view.getUint16(at + 5), view.getUint16(at + 7)];
      const grey = view.getUint8(at + 9) === 1;
      return turned({ ...plain, format: "jpeg", width, height, grey, alpha: false, orientation });
    }
    // Fill bytes may stand before a marker.
    at += marker === 0xff ? 1 : 2 + Math.max(2, size);
  }
}

const gifHead = (view: DataView): Head => ({
  ...plain,
  format: "gif",
  width: view.getUint16(6, true),
  height: view.getUint16(8, true),
  grey: false,
  alpha: true,
});

function tiffHead(view: DataView): Head {
  const tags = new Map<number, number>();
  readTags(view, 0, view.byteLength, (tag, value) => tags.set(tag, value));
  const tag = (id: number, otherwise: number) => tags.get(id) ?? otherwise;
  const depth = tag(258, 1);
  const grey = tag(262, 1) <= 1;
  return turned({
    ...plain,
    format: "tiff",
    width: tag(256, 0),
    height: tag(257, 0),
    grey,
    alpha: tag(277, 1) > (grey ? 1 : 3) && tag(262, 1) !== 5,
    depth,
    orientation: tag(274, 1),
  });
}

/** The numbers of the first directory of a TIFF structure, which EXIF is too; the first of lists. */
function readTags(
  view: DataView,
  start: number,
  end: number,
  tell: (tag: number, value: number) => void,
): void {
  const little = view.getUint16(start) === 0x4949;
  const directory = start + view.getUint32(start + 4, little);
  const count = view.getUint16(directory, little);
  for (let i = 0; i < count; i++) {
    const at = directory + 2 + 12 * i;
    if (at + 12 > end) return;
    const short = view.getUint16(at + 2, little) === 3;
    const several = short && view.getUint32(at + 4, little) > 2;
    const place = several ? start + view.getUint32(at + 8, little) : at + 8;
    const value = short ? view.getUint16(place, little) : view.getUint32(place, little);
    tell(view.getUint16(at, little), value);
  }
}

/** Damaged EXIF is no reason to refuse a picture: then it is as it lies. */
function orientationAt(view: DataView, start: number, end: number): number {
  let found = 1;
  try {
    readTags(view, start, end, (tag, value) => {
      if (tag === 274 && value >= 1 && value <= 8) found = value;
    });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
  }
  return found;
}

/** Orientations from 5 on lie on their side. */
const turned = (head: Head): Head =>
  head.orientation >= 5 ? { ...head, width: head.height, height: head.width } : head;
