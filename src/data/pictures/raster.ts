/** Interleaved 8-bit pixels in sRGB, rows from the top; 1 grey, 2 grey and alpha, 3 RGB, 4 RGBA. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  readonly data: Uint8Array;
}

/** What the head of a file says. */
export interface PictureInfo {
  /** `png`, `jpeg`, … */
  readonly format: string;
  /** As it is looked at: after any turn that EXIF asks for. */
  readonly width: number;
  readonly height: number;
  readonly grey: boolean;
  readonly alpha: boolean;
  /** Bits of one sample. */
  readonly depth: number;
}

/** Filters by which pictures are resized, with their names in `core/resample`. */
export const filters = {
  lanczos3: "lanczos3",
  area: "area",
  cubic: "bicubic-antialias",
  linear: "bilinear-antialias",
  nearest: "nearest",
} as const;

/** What every picture becomes. */
export interface Frame {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  /** `cover` cuts what stands over at both sides, `contain` adds `background`, `stretch` distorts. */
  readonly fit: "cover" | "contain" | "stretch";
  readonly filter: keyof typeof filters;
  /** Red, green, blue: what is seen through transparent pixels and around `contain`. */
  readonly background: readonly [number, number, number];
}

export interface Decoder {
  readonly id: string;
  /** Pictures of more pixels are refused. */
  readonly largest: number;
  /** Formats that it reads. */
  readonly formats: readonly string[];
  /** @throws Error with a reason in a few words */
  probe(bytes: Uint8Array): Promise<PictureInfo>;
  /**
   * Planar [channels, height, width].
   *
   * @throws Error with a reason in a few words
   */
  decode(bytes: Uint8Array, info: PictureInfo, frame: Frame): Promise<Uint8Array>;
}

export const hasAlpha = ({ channels }: Pick<Frame, "channels">): boolean => channels % 2 === 0;
