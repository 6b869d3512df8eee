import { expect, test } from "vitest";
import { crc32c } from "./crc32c.ts";

const ascending = Uint8Array.from({ length: 32 }, (_, i) => i);

test.each<[string, Uint8Array, number]>([
  ["nothing", new Uint8Array(0), 0],
  ["zeros", new Uint8Array(32), 0x8a9136aa],
  ["ones", new Uint8Array(32).fill(255), 0x62a8ab43],
  ["ascending bytes", ascending, 0x46dd794e],
  ["descending bytes", ascending.toReversed(), 0x113fdb5c],
  ["digits", new TextEncoder().encode("123456789"), 0xe3069283],
])("of %s is as RFC 3720, B.4 has it", (_, bytes, crc) => {
  expect(crc32c(bytes)).toBe(crc);
});
