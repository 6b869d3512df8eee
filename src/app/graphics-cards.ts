import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/**
 * Graphics cards by what Linux tells of them: models where NVIDIA's driver is loaded, else the driver's
 * name and the card's PCI number. Empty where there are none, and on other systems.
 *
 * @param root of the file system
 */
export function graphicsCards(root = "/"): string[] {
  const models = filesOf(join(root, "proc/driver/nvidia/gpus"), "information").flatMap(
    (text) => /^Model:\s*(.+)$/m.exec(text)?.[1] ?? [],
  );
  if (models.length > 0) return models;
  return filesOf(join(root, "sys/class/drm"), "device/uevent").flatMap((text) => {
    const told = (key: string) => new RegExp(`^${key}=(.+)$`, "m").exec(text)?.[1];
    const [driver, number] = [told("DRIVER"), told("PCI_ID")];
    return driver === undefined ? [] : [number === undefined ? driver : `${driver} ${number}`];
  });
}

/** The texts of one file in each entry of a folder; connectors of a card are not cards. */
function filesOf(folder: string, file: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((entry) => !/^card\d+-|^renderD/.test(entry))
    .map((entry) => join(folder, entry, file))
    .flatMap((path) => (existsSync(path) ? [readFileSync(path, "utf8")] : []));
}
